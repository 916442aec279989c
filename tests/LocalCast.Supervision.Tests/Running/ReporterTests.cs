using LocalCast.Supervision.Internal;
using LocalCast.Testing;
using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests.Running;

public sealed class ReporterTests : IAsyncLifetime
{
    private readonly SupervisorRig _rig = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Post_NotReleased_IsNotTold()
    {
        var bus = new FakeBus();
        var history = new HistoryFiles(_rig.Folder, _rig.Log.CreateLogger(""));
        await using (var reporter = new Reporter(history, bus, moment => DateTimeOffset.UnixEpoch + moment, _rig.Log.CreateLogger("")))
        {
            reporter.Post(Report("first"));
            reporter.Release();
            reporter.Post(Report("second"));
        }

        Assert.Equal(["first is Ready"], bus.Asked);
        await history.DisposeAsync();
    }

    [Fact]
    public async Task Announce_ATransition_TheViewsShowItAlready()
    {
        int told = 0;
        _rig.Bus.OnAnnounce = (node, transition) =>
        {
            Assert.Contains(transition, _rig.Supervisor.Views[node].History);
            told++;
        };
        await _rig.StartAsync(Of("dns"));
        await _rig.ComeUpAsync("dns", 1).DefaultTimeout();
        _rig.Processes.Launched.Single().Listener.Exited(3, null);
        await _rig.DoneAsync().DefaultTimeout();

        await _rig.Supervisor.DisposeAsync(); // what is to be told is told
        Assert.Equal(3, told);
        Assert.Empty(_rig.Log.Defects);
    }

    [Fact]
    public async Task Log_ATransitionWithoutAReason_SaysTheStateOnce()
    {
        await _rig.StartAsync(Of("dns"));
        _rig.Processes.Launched.Single().Listener.Exited(3, null);
        await _rig.DoneAsync().DefaultTimeout();
        await _rig.Supervisor.DisposeAsync();

        string[] said = [.. _rig.Log.Entries.Select(entry => entry.Message)];
        Assert.Contains("dns is Starting (by agent)", said);
        Assert.Contains("dns is Backoff: exit 3 (by agent)", said);
    }

    private static Effect.Report Report(string node) => new(node, new Transition(TimeSpan.Zero, SupervisedState.Ready, "", "agent"), IsLoud: false);
}
