using LocalCast.Testing;

namespace LocalCast.Supervision.Tests.Running;

public sealed class RehearsalTests : IAsyncDisposable
{
    private readonly RunnerFixture _fixture = new();
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("localcast-rehearsed-");
    private readonly FakeTimeProvider _time = new();

    private string Stage => Path.Combine(_data.FullName, "rehearsal");

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task Play_TwoNodes_BootInAFolderThatIsGoneAfterwards()
    {
        Directory.CreateDirectory(Path.Combine(Stage, "logs"));
        await File.WriteAllTextAsync(Path.Combine(Stage, "instances.json"), "of an agent that was killed");
        var launched = new List<string>();

        bool isPlayed = await PlayAsync((manifest, generation, token, where) =>
        {
            Assert.Equal(Stage, where);
            launched.Add(manifest.Name);
            return Spec(manifest, generation, token, where);
        });

        Assert.True(isPlayed);
        Assert.Equal(["rehearsal-first", "rehearsal-second"], launched);
        Assert.Empty(_data.GetFileSystemInfos());
    }

    [Fact]
    public async Task Play_TwoNodes_TheirProcessesHaveEnded()
    {
        await using var counted = new CountedEnds(_fixture.Runner);

        Assert.True(await Rehearsal.PlayAsync(Spec, counted, Stage, _time).DefaultTimeout());

        Assert.Equal((2, 2), (counted.Launched, counted.Ended));
    }

    [Fact]
    public async Task Play_WhereNoProcessCanBeRun_IsNotWaitedFor()
    {
        await using IProcessRunner none = new NoProcessRunner("not here");

        Assert.False(await Rehearsal.PlayAsync(Spec, none, Stage, _time).DefaultTimeout());
    }

    [Fact]
    public async Task Play_ProgramIsMissing_EndsAtOnce()
    {
        Assert.False(await PlayAsync((manifest, generation, token, folder) => Spec(manifest, generation, token, folder) with { Exec = "/no/such/shell" }));
        Assert.Empty(_data.GetFileSystemInfos());
    }

    [Fact]
    public async Task Play_NothingCanBeLaunched_EndsAtOnceAndNotWhenItsTimeIsOver()
    {
        Assert.False(await PlayAsync((_, _, _, _) => throw new IOException("the disk is full")));
        Assert.Empty(_data.GetFileSystemInfos());
    }

    [Theory]
    [InlineData("taken/rehearsal")]
    [InlineData("a\0b")]
    public async Task Play_FolderCannotBeMade_IsNoFailure(string folder)
    {
        await File.WriteAllTextAsync(Path.Combine(_data.FullName, "taken"), "a file");

        Assert.False(await Rehearsal.PlayAsync(Spec, _fixture.Runner, $"{_data.FullName}/{folder}", _time).DefaultTimeout());

        Assert.Single(_data.GetFileSystemInfos());
    }

    [Fact]
    public async Task Play_DiskHangs_IsNotWaitedForAndEndsByItself()
    {
        using var begun = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        Task<bool> playing = Rehearsal.PlayAsync(
            (manifest, generation, token, folder) =>
            {
                begun.Set();
                gate.Wait(TimeSpan.FromSeconds(20));
                return Spec(manifest, generation, token, folder);
            },
            _fixture.Runner,
            Stage,
            _time);
        Assert.True(begun.Wait(TimeSpan.FromSeconds(20)));
        Assert.False(playing.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await playing.DefaultTimeout());
        gate.Set();
        await Until.TrueAsync(() => !Directory.Exists(Stage)).DefaultTimeout();
    }

    private Task<bool> PlayAsync(Func<NodeManifest, int, string, string, LaunchSpec> specIn) => Rehearsal.PlayAsync(specIn, _fixture.Runner, Stage, _time).DefaultTimeout();

    private static LaunchSpec Spec(NodeManifest manifest, int generation, string token, string folder) =>
        SupervisorRig.Spec(manifest, generation, token) with { Exec = manifest.Run.Exec!, Args = manifest.Run.Args, DataFolder = folder };
}
