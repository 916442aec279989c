using LocalCast.Protocol;
using LocalCast.Testing;
using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests.Running;

public sealed class SupervisorTests : IAsyncLifetime
{
    private readonly SupervisorRig _rig = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Start_ANodeThatComesUp_IsReadyAndItsOrderEnds()
    {
        await _rig.StartAsync(Of("dns").ByHand());
        Task<ErrorInfo?> start = _rig.Supervisor.StartAsync("dns", "me", CancellationToken.None);
        await _rig.DoneAsync().DefaultTimeout();
        Assert.Single(_rig.Processes.Launched);
        Assert.False(start.IsCompleted);

        await _rig.ComeUpAsync("dns", 1).DefaultTimeout();

        Assert.Null(await start.DefaultTimeout());
        Assert.Equal(SupervisedState.Ready, _rig.Supervisor.Views["dns"].State);
    }

    [Fact]
    public async Task Launch_WhateverItThrows_IsAFailureThatIsTriedAgain()
    {
        _rig.SpecOf = (_, _, _) => throw new ArgumentException("of a path that is none");
        await _rig.StartAsync(Of("dns"));
        await _rig.DoneAsync().DefaultTimeout();
        Assert.Equal((SupervisedState.Backoff, "of a path that is none"), (_rig.Supervisor.Views["dns"].State, _rig.Supervisor.Views["dns"].Reason));

        _rig.SpecOf = SupervisorRig.Spec;
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await _rig.DoneAsync().DefaultTimeout();

        Assert.Single(_rig.Processes.Launched);
    }

    [Fact]
    public async Task Changed_AListenerThrows_TheOthersAndTheOrderHearOfIt()
    {
        _rig.Supervisor.Changed += _ => throw new IOException("nobody reads any more");
        await _rig.StartAsync(Of("dns").ByHand());
        Task<ErrorInfo?> start = _rig.Supervisor.StartAsync("dns", "me", CancellationToken.None);
        await _rig.ComeUpAsync("dns", 1).DefaultTimeout();

        Assert.Null(await start.DefaultTimeout());
    }

    [Fact]
    public async Task AgentMustStop_AnEssentialNodeFailsDuringTheStart_IsNotMissed()
    {
        _rig.Processes.Trouble = new InvalidOperationException("no");
        await _rig.StartAsync(Of("dns").Essential().Policy(RestartPolicy.Never));

        ForcedStop stop = await _rig.Supervisor.AgentMustStop.DefaultTimeout(); // asked only now

        Assert.Contains("dns", stop.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhereNoProcessCanBeRun_DisablesThoseAndRunsWhatIsInside()
    {
        _rig.Processes.WhyNone = "not on this machine";
        NodeManifest inside = Of("inside") with { Run = new RunSpec { Assembly = "x.dll", Isolation = Isolation.InProcess } };
        await _rig.StartAsync(Of("process"), Of("off") with { DisabledBecause = "switched off" }, inside, Of("after", Needs("process")));
        await _rig.DoneAsync().DefaultTimeout();

        Assert.Equal((SupervisedState.Disabled, "not on this machine"), (_rig.Supervisor.Views["process"].State, _rig.Supervisor.Views["process"].Reason));
        Assert.Equal("switched off", _rig.Supervisor.Views["off"].Reason);
        Assert.Equal("inside", Assert.Single(_rig.Inside.Launched).Spec.Node);
        Assert.Empty(_rig.Processes.Launched);
        Assert.Contains("not on this machine", (await _rig.Supervisor.StartAsync("process", "me", CancellationToken.None).DefaultTimeout())!.Message, StringComparison.Ordinal);
        await _rig.Supervisor.ReloadAsync(new PluginScan([Of("process"), inside], [], [])).DefaultTimeout();
        Assert.Equal(SupervisedState.Disabled, _rig.Supervisor.Views["process"].State);
    }

    [Fact]
    public async Task Wake_OnDemand_StartsItOnce()
    {
        await _rig.StartAsync(Of("dns").OnDemand());

        Assert.All(Enumerable.Range(0, 5), _ => Assert.True(_rig.Supervisor.Wake("dns", "cli").IsComing));
        await _rig.DoneAsync().DefaultTimeout();

        Assert.Single(_rig.Processes.Launched);
    }

    [Fact]
    public async Task Wake_OnDemandThatEndedByItself_StartsItAgain()
    {
        await _rig.StartAsync(Of("dns").OnDemand());
        _rig.Supervisor.Wake("dns", "cli");
        await _rig.ComeUpAsync("dns", 1).DefaultTimeout();
        _rig.Processes.Launched.Single().Listener.Exited(0, null);
        await _rig.DoneAsync().DefaultTimeout();
        Assert.Equal(SupervisedState.Completed, _rig.Supervisor.Views["dns"].State);

        Assert.True(_rig.Supervisor.Wake("dns", "cli").IsComing);
        await _rig.DoneAsync().DefaultTimeout();

        Assert.Equal(2, _rig.Processes.Launched.Count);
    }

    [Fact]
    public async Task Wake_StoppedBeforeTheViewSaysSo_FailsWhatWaits()
    {
        await _rig.StartAsync(Of("dns").OnDemand());
        _rig.Supervisor.Loop.Post((machine, now) => machine.Stop("dns", "me", now)); // the view is not there yet when Wake looks, or it is: both must end the waiting
        bool isComing = _rig.Supervisor.Wake("dns", "cli").IsComing;
        await _rig.DoneAsync().DefaultTimeout();

        Assert.True(!isComing || _rig.Bus.Asked.Count(asked => asked.StartsWith("fail dns", StringComparison.Ordinal)) >= 2);
        Assert.False(_rig.Supervisor.Wake("dns", "cli").MayCome);
    }

    [Fact]
    public async Task Wake_ANodeOfTheBoot_IsOnItsWayAndNotToBeParkedFor()
    {
        await _rig.StartAsync(Of("dns"));

        (bool isComing, bool mayCome, string? reason) = _rig.Supervisor.Wake("dns", "cli");

        Assert.Equal((false, true), (isComing, mayCome));
        Assert.Contains("Starting", reason, StringComparison.Ordinal);
        Assert.Equal((false, false, null), _rig.Supervisor.Wake("nobody", "cli"));
    }

    [Fact]
    public async Task Joined_AnInstanceThatHasTheName_IsGivenItOnceMore()
    {
        await _rig.StartAsync(Of("dns"));
        await _rig.ComeUpAsync("dns", 1).DefaultTimeout();

        Assert.Contains("move dns 1", _rig.Bus.Asked);
    }

    [Fact]
    public async Task Refresh_ANodeThatFailed_GivesItANewChance()
    {
        await _rig.StartAsync(Of("dns").Policy(RestartPolicy.Never), Of("late").ByHand());
        _rig.Processes.Launched.Single().Listener.Exited(3, null);
        await _rig.DoneAsync().DefaultTimeout();
        Assert.Equal(SupervisedState.Failed, _rig.Supervisor.Views["dns"].State);

        _rig.Supervisor.Refresh("dns", "a watched file changed");
        _rig.Supervisor.Refresh("late", "a watched file changed");
        await _rig.DoneAsync().DefaultTimeout();

        Assert.Equal(["dns", "dns"], _rig.Processes.Launched.Select(instance => instance.Spec.Node));
    }

    [Fact]
    public async Task Stop_ANodeThatNeverEnds_IsGivenUpAndNamed()
    {
        await _rig.StartAsync(Of("dns"));
        Task stop = _rig.Supervisor.StopAsync("over", null);
        while (!stop.IsCompleted)
        {
            _rig.Time.Advance(TimeSpan.FromMilliseconds(500));
            await _rig.DoneAsync().DefaultTimeout();
        }

        await stop.DefaultTimeout();
        Assert.Equal(["terminate", "kill"], _rig.Processes.Launched.Single().Signals);
    }

    [Fact]
    public async Task ReloadAsync_ANodeThatIsGone_IsForgotten()
    {
        await _rig.StartAsync(Of("dns").ByHand());

        await _rig.Supervisor.ReloadAsync(new PluginScan([], [], [])).DefaultTimeout();

        Assert.Empty(_rig.Supervisor.Views);
    }
}
