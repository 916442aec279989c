using LocalCast.Testing;

namespace LocalCast.Supervision.Tests;

public sealed class AdoptionTests : IAsyncLifetime
{
    private readonly RunnerFixture _fixture = new();
    private readonly RunnerFixture _next = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _next.DisposeAsync();
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Survivor_OutlivesItsRunner_AndTheNextOneHearsItAgain()
    {
        LaunchSpec spec = _fixture.Survivor(_fixture.Shell("trap 'echo bye; exit 3' TERM; echo one; while [ ! -e go ]; do sleep 0.01; done; printf two; : > done; while :; do sleep 0.01; done"));
        RecordingListener first = _fixture.Start(spec);
        InstanceIdentity identity = (await first.LaunchedTask.DefaultTimeout()).Identity;
        await first.PrintedAsync("one").DefaultTimeout();
        await _fixture.Runner.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(_fixture.Folder, "go"), "");
        await Until.TrueAsync(() => File.Exists(Path.Combine(_fixture.Folder, "done"))).DefaultTimeout();

        var second = new RecordingListener();
        Assert.True(_next.Runner.TryAdopt(spec, identity, second));
        IInstance instance = await second.LaunchedTask.DefaultTimeout();
        instance.Terminate();

        _ = await second.ExitedTask.DefaultTimeout();
        Assert.Equal(identity, instance.Identity);
        Assert.Equal(["one"], first.Output);
        Assert.Equal(["twobye"], second.Output);
    }

    [Fact]
    public async Task Survivor_ThatIsKilled_IsToldWithAllThatItPrinted()
    {
        RecordingListener heard = _fixture.Start(_fixture.Survivor(_fixture.Shell("seq 200000; echo oops >&2; kill -9 $$")));

        Assert.Equal((null, 9), await heard.ExitedTask.DefaultTimeout());
        Assert.Equal(200_000, heard.Output.Count());
        Assert.Equal(["oops"], heard.Error);
    }

    [Fact]
    public async Task TryAdopt_OfAnotherProcess_IsRefused()
    {
        RecordingListener heard = _fixture.Start(_fixture.Spec("sleep", "1000"));
        InstanceIdentity identity = (await heard.LaunchedTask.DefaultTimeout()).Identity;
        LaunchSpec spec = _fixture.Spec("sleep", "1000");

        Assert.False(_next.Runner.TryAdopt(spec, identity with { StartTime = identity.StartTime + 1 }, new RecordingListener()));
        Assert.False(_next.Runner.TryAdopt(spec, identity with { BootId = "another" }, new RecordingListener()));
        Assert.False(_next.Runner.TryAdopt(spec, identity with { Pid = int.MaxValue }, new RecordingListener()));
        Assert.False(heard.ExitedTask.IsCompleted);
    }

    [Fact]
    public async Task KillLeftovers_OfADeadLeader_EndsItsSession()
    {
        RecordingListener heard = await _fixture.RunAsync(_fixture.Shell("echo $$"));
        InstanceIdentity gone = (await heard.LaunchedTask).Identity;
        RecordingListener other = _fixture.Start(_fixture.Shell("sleep 1000 & echo $!; wait"));
        InstanceIdentity alive = (await other.LaunchedTask.DefaultTimeout()).Identity;
        await Until.TrueAsync(() => other.Output.Any()).DefaultTimeout();

        Assert.Empty(Kill(gone));
        Assert.Empty(Kill(alive with { StartTime = alive.StartTime - 1 }));
        Assert.Empty(Kill(alive with { BootId = "another" }));
        Assert.Single(Kill(alive));
        Assert.Equal((null, 9), await other.ExitedTask.DefaultTimeout());
        await Processes.GoneAsync(other.Output.First()).DefaultTimeout();
    }

    private IReadOnlyCollection<Leftover> Kill(InstanceIdentity identity) => _next.Runner.KillLeftovers([new Leftover(identity, "")]);
}
