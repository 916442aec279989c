using LocalCast.Testing;

namespace LocalCast.Supervision.Tests.Running;

public sealed class RehearsalTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("localcast-rehearsed-");
    private readonly FakeTimeProvider _time = new();

    private string Stage => Path.Combine(_data.FullName, "rehearsal");

    public void Dispose() => _data.Delete(recursive: true);

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
            return SupervisorRig.Spec(manifest, generation, token);
        });

        Assert.True(isPlayed);
        Assert.Equal(["first", "second"], launched);
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

        Assert.False(await Rehearsal.PlayAsync(Spec, $"{_data.FullName}/{folder}", _time).DefaultTimeout());

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
                gate.Wait();
                return Spec(manifest, generation, token, folder);
            },
            Stage,
            _time);
        Assert.True(begun.Wait(TimeSpan.FromSeconds(20)));
        Assert.False(playing.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await playing.DefaultTimeout());
        gate.Set();
        await Until.TrueAsync(() => !Directory.Exists(Stage)).DefaultTimeout();
    }

    private Task<bool> PlayAsync(Func<NodeManifest, int, string, string, LaunchSpec> specIn) => Rehearsal.PlayAsync(specIn, Stage, _time).DefaultTimeout();

    private static LaunchSpec Spec(NodeManifest manifest, int generation, string token, string folder) => SupervisorRig.Spec(manifest, generation, token);
}
