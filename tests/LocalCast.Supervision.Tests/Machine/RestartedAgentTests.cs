using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests;

/// <summary>What a machine makes of what the agent before it knew.</summary>
public sealed class RestartedAgentTests
{
    private readonly Rig _rig = new();

    [Fact]
    public void Stopped_ByAnOperatorBefore_StaysStoppedUntilItIsStarted()
    {
        _rig.Machine.RecallStop("a", "cli-1");
        _rig.Load(Of("a"), Of("b", Needs("a")));

        _rig.Is("a", SupervisedState.Disabled, "stopped by cli-1 earlier, and not started since");
        _rig.Is("b", SupervisedState.Failed, "it was stopped by cli-1");
        Assert.Empty(_rig.All<Effect.Launch>("a"));
        Assert.Null(_rig.Machine.Start("b", "cli-2", _rig.Now));

        Assert.Single(_rig.All<Effect.Launch>("a"));
        Assert.Null(_rig["a"].StoppedBy);
    }

    [Fact]
    public void Stopped_AndItLivesOn_IsEnded()
    {
        _rig.Machine.RecallStop("a", "cli-1");
        _rig.Machine.Adopt("a", 7, 4711, _rig.Now);
        _rig.Load(Of("a"));

        Assert.Equal(7, Assert.Single(_rig.All<Effect.Terminate>("a")).Generation);
        _rig.Exit("a");
        _rig.Is("a", SupervisedState.Disabled, "stopped by cli-1");
    }

    [Fact]
    public void Stopped_ThePluginGoesAndComesBack_StaysStopped()
    {
        _rig.Load(Of("a"), Of("b"));
        _rig.Machine.Stop("a", "cli-1", _rig.Now);
        _rig.Machine.LaunchFailed("a", 1, "?", false, _rig.Now);
        _rig.Load(Of("b"));
        Assert.False(_rig.Machine.TryView("a", out _));
        _rig.Forget();

        _rig.Load(Of("a"), Of("b"));

        _rig.Is("a", SupervisedState.Disabled, "stopped by cli-1");
        Assert.Empty(_rig.All<Effect.Launch>("a"));
    }

    [Fact]
    public void Foreigner_ComesBackInTime_NothingIsLaunched()
    {
        _rig.Machine.RecallForeigner("a");
        _rig.Load(Of("a"), Of("b", Needs("a")));
        _rig.Is("a", SupervisedState.Waiting, "may come back");
        _rig.Is("b", SupervisedState.Waiting, "waits for a");

        _rig.Advance(2.9);
        _rig.Machine.Joined("a", 0, null, true, 42, _rig.Now);
        _rig.Advance(60);

        _rig.Is("a", SupervisedState.Ready, "it joined by itself");
        Assert.Empty(_rig.All<Effect.Launch>("a"));
        Assert.Single(_rig.All<Effect.Launch>("b"));
    }

    [Fact]
    public void Foreigner_DoesNotComeBack_TheNodeIsStarted()
    {
        _rig.Machine.RecallForeigner("a");
        _rig.Load(Of("a"));

        _rig.Advance(2.9);
        Assert.Empty(_rig.All<Effect.Launch>("a"));
        _rig.Advance(0.1);

        Assert.Single(_rig.All<Effect.Launch>("a"));
    }

    [Fact]
    public void Foreigner_AnOperatorStartsTheNode_IsNotWaitedFor()
    {
        _rig.Machine.RecallForeigner("a");
        _rig.Load(Of("a"));

        Assert.Null(_rig.Machine.Start("a", "cli-1", _rig.Now));

        Assert.Single(_rig.All<Effect.Launch>("a"));
    }

    [Fact]
    public void Foreigner_OfANodeThatIsLoadedLater_IsNotWaitedFor()
    {
        _rig.Machine.RecallForeigner("a");
        _rig.Load(Of("b"));

        _rig.Load(Of("a"), Of("b"));

        Assert.Single(_rig.All<Effect.Launch>("a"));
    }

    [Fact]
    public void Foreigner_WasLetInJustBeforeTheLaunch_IsTheNodeAndTheOtherOneEnds()
    {
        _rig.Load(Of("a"));
        _rig.Run("a");

        _rig.Machine.Joined("a", 0, null, true, 42, _rig.Now);

        Assert.Single(_rig.All<Effect.Terminate>("a"));
        _rig.Exit("a");
        _rig.Is("a", SupervisedState.Ready, "it joined by itself");
    }
}
