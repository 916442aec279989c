using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests;

public sealed class StopTests
{
    [Fact]
    public void Stop_Joined_IsAskedThenToldThenKilledThenGivenUp()
    {
        var rig = new Rig(Of("a"));
        rig.Up("a");

        Assert.Null(rig.Machine.Stop("a", "operator", rig.Now));
        rig.Is("a", SupervisedState.Draining, "stopped by operator");
        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(rig.All<Effect.AskToStop>("a")).Within);
        rig.Advance(5);
        rig.Is("a", SupervisedState.Stopping);
        Assert.Single(rig.All<Effect.Terminate>("a"));
        rig.Advance(5);
        Assert.Single(rig.All<Effect.Kill>("a"));
        rig.Advance(5);
        rig.Is("a", SupervisedState.Failed, "could not be killed");
        Assert.Null(rig.Machine.Start("a", "operator", rig.Now));
        rig.Advance(1000);
        Assert.Single(rig.All<Effect.Launch>("a"));

        rig.Exit("a", null, 9);

        rig.Is("a", SupervisedState.Starting);
        Assert.Equal(2, rig.Count<Effect.Launch>("a"));
    }

    [Fact]
    public void Stop_NotJoined_BeginsWithTheSignal()
    {
        var rig = new Rig(Of("a"));
        rig.Run("a");

        rig.Machine.Stop("a", "operator", rig.Now);

        Assert.Empty(rig.All<Effect.AskToStop>("a"));
        Assert.Single(rig.All<Effect.Terminate>("a"));
        rig.Exit("a", null, 15);
        rig.Is("a", SupervisedState.Disabled, "stopped by operator");
    }

    [Fact]
    public void Stop_BeforeItRuns_IsToldAgainWhenItDoes()
    {
        var rig = new Rig(Of("a"));

        rig.Machine.Stop("a", "operator", rig.Now);
        rig.Forget();
        rig.Run("a");

        Assert.Single(rig.All<Effect.Terminate>("a"));
        rig.Advance(5);
        Assert.Single(rig.All<Effect.Kill>("a"));
    }

    [Fact]
    public void Extended_WithinTheMost_MovesTheSignalThatFar()
    {
        var rig = new Rig(Of("a"));
        rig.Up("a");
        rig.Machine.Stop("a", "operator", rig.Now);

        rig.Machine.Extended("a", 1, TimeSpan.FromSeconds(50), rig.Now);
        rig.Machine.Extended("a", 1, TimeSpan.FromSeconds(50), rig.Now);

        rig.Advance(64.9);
        Assert.Empty(rig.All<Effect.Terminate>("a"));
        rig.Advance(0.1);
        Assert.Single(rig.All<Effect.Terminate>("a"));
    }

    [Fact]
    public void CannotStop_Asked_GoesOnToTheSignalAtOnce()
    {
        var rig = new Rig(Of("a"));
        rig.Up("a");
        rig.Machine.Stop("a", "operator", rig.Now);

        rig.Machine.CannotStop("a", 1, rig.Now);

        Assert.Single(rig.All<Effect.Terminate>("a"));
        rig.Is("a", SupervisedState.Stopping);
    }

    [Fact]
    public void Crash_WhileStopping_CountsAsStopped()
    {
        var rig = new Rig(Of("a").Essential());
        rig.Up("a");
        rig.Machine.Stop("a", "operator", rig.Now);

        rig.Exit("a", 139, 11);

        rig.Is("a", SupervisedState.Disabled, "stopped by operator");
        Assert.Equal(0, rig["a"].Failures);
        Assert.Empty(rig.All<Effect.StopAgent>("a"));
    }

    [Fact]
    public void OperatorsStop_ReloadCallAndDependent_DoNotUndoIt()
    {
        var rig = new Rig(Of("a"), Of("b", Needs("a")).ByHand());
        rig.Up("a");
        rig.Machine.Stop("a", "operator", rig.Now);
        rig.Exit("a");
        rig.Forget();

        rig.Load(Of("a").Changed(), Of("b", Needs("a")), Of("c", Needs("a")));
        Assert.NotNull(rig.Machine.Activate("a", "caller", rig.Now));
        rig.Machine.Upgrade("a", "operator", rig.Now);
        rig.Advance(1000);

        Assert.Empty(rig.Effects.OfType<Effect.Launch>());
        rig.Is("c", SupervisedState.Failed, "requires a ← Disabled: it was stopped by the operator");

        Assert.Null(rig.Machine.Start("c", "operator", rig.Now));
        rig.Up("a", "c", "b");
    }

    [Fact]
    public void Stop_WithBoundDependents_StopsThemFirstAndTheOthersGoOn()
    {
        var rig = new Rig(Of("a"), Of("b", Bound("a")), Of("c", Bound("b")), Of("d", Needs("a")));
        rig.Up("a", "b", "c", "d");

        rig.Machine.Stop("a", "operator", rig.Now);
        rig.Is("a", SupervisedState.Draining, "b first");
        rig.Is("c", SupervisedState.Draining, "bound to b");
        Assert.Equal(["c"], rig.Effects.OfType<Effect.AskToStop>().Select(ask => ask.Node));
        rig.Exit("c");
        rig.Exit("b");
        rig.Exit("a");

        Assert.Equal(["c", "b", "a"], rig.Effects.OfType<Effect.AskToStop>().Select(ask => ask.Node));
        rig.Is("d", SupervisedState.Ready);
        rig.Is("a", SupervisedState.Disabled);
        rig.Is("b", SupervisedState.Waiting, "requires a ← Disabled: it was stopped by the operator");
        rig.Machine.Start("a", "operator", rig.Now);
        rig.Up("a", "b", "c");
    }

    [Fact]
    public void Restart_WithBoundDependents_TakesThemAlong()
    {
        var rig = new Rig(Of("a"), Of("b", Bound("a")));
        rig.Up("a", "b");

        Assert.Null(rig.Machine.Restart("a", "operator", rig.Now));
        rig.Exit("b");
        Assert.Equal(1, rig["a"].Generation);
        rig.Exit("a");

        rig.Is("b", SupervisedState.Waiting, "waits for a");
        rig.Up("a", "b");
        Assert.Equal((2, 2), (rig["a"].Generation, rig["b"].Generation));
        Assert.Equal((0, 0), (rig["a"].Restarts, rig["b"].Restarts));
    }

    [Fact]
    public void Start_WhileStopping_StartsAgainOnceItIsDown()
    {
        var rig = new Rig(Of("a"));
        rig.Up("a");
        rig.Machine.Stop("a", "operator", rig.Now);

        rig.Machine.Start("a", "operator", rig.Now);
        Assert.Single(rig.All<Effect.Launch>("a"));
        rig.Exit("a");

        rig.Up("a");
    }

    [Fact]
    public void StopAll_Layers_StopInReverseAndStartNothing()
    {
        var rig = new Rig(Of("a"), Of("b", Needs("a")), Of("c", Needs("b", RequirementMode.Soft)), Of("x"), Of("idle").OnDemand());
        rig.Up("a", "b", "c", "x");
        rig.Forget();

        rig.Machine.StopAll("SIGTERM", rig.Now);

        Assert.Equal(["c", "x"], rig.Effects.OfType<Effect.AskToStop>().Select(ask => ask.Node).Order());
        Assert.Equal(["a", "b", "c", "x"], rig.Machine.StopsPending.Select(stop => stop.Node).Order());
        Assert.False(rig.Machine.IsAllDown);
        Assert.NotNull(rig.Machine.Start("idle", "operator", rig.Now));
        Assert.NotNull(rig.Machine.Activate("idle", "caller", rig.Now));
        rig.Exit("x", 1);
        rig.Exit("c");
        Assert.Equal(("a", SupervisedState.Draining), (rig.Machine.StopsPending[^1].Node, rig.Machine.StopsPending[^1].State));
        Assert.Equal("b", rig.Effects.OfType<Effect.AskToStop>().Last().Node);
        rig.Exit("b");
        rig.Exit("a");

        Assert.True(rig.Machine.IsAllDown);
        Assert.Empty(rig.Machine.StopsPending);
        rig.Advance(1000);
        Assert.Empty(rig.Effects.OfType<Effect.Launch>());
        rig.Is("a", SupervisedState.Disabled, "the agent stops: SIGTERM");
    }

    [Fact]
    public void StopsPending_AChain_IsTheTimeThatIsTrulyLeft()
    {
        var rig = new Rig(Of("a"), Of("b", Needs("a")), Of("quiet").Readiness(ReadinessKind.Log));
        rig.Up("a");
        rig.Up("b");
        rig.Run("quiet");
        rig.Machine.LineMatched("quiet", 1, rig.Now);

        rig.Machine.StopAll("SIGTERM", rig.Now);
        Assert.Equal([("quiet", 10), ("b", 15), ("a", 30)], Left());

        rig.Advance(2);
        Assert.Equal([("quiet", 8), ("b", 13), ("a", 28)], Left());
        rig.Machine.Extended("b", 1, TimeSpan.FromSeconds(7), rig.Now);
        Assert.Equal([("quiet", 8), ("b", 20), ("a", 35)], Left());
        rig.Machine.CannotStop("b", 1, rig.Now);
        Assert.Equal([("quiet", 8), ("b", 10), ("a", 25)], Left());
        rig.Exit("b");
        Assert.Equal([("quiet", 8), ("a", 15)], Left());
        rig.Advance(15);
        Assert.Empty(Left());

        IEnumerable<(string, double)> Left() => rig.Machine.StopsPending.Select(stop => (stop.Node, (stop.Due - rig.Now).TotalSeconds));
    }

    [Fact]
    public void StopAll_CannotBeKilled_EndsAllTheSame()
    {
        var rig = new Rig(Of("a"), Of("b", Needs("a")));
        rig.Up("a", "b");

        rig.Machine.StopAll("SIGTERM", rig.Now);
        rig.Advance(15);
        Assert.Equal(["a"], rig.Machine.StopsPending.Select(stop => stop.Node));
        rig.Advance(15);

        Assert.True(rig.Machine.IsAllDown);
    }

    [Fact]
    public void StopAll_RunningNodesInACircle_EndsThemAll()
    {
        // By two reloads, of which the first could not be brought in: each runs by a manifest that requires the other.
        var rig = new Rig(Of("a"), Of("b", Needs("a")));
        rig.Up("a", "b");
        rig.Load([Of("a", Needs("b")).Changed().ByRestart(), Of("b").Changed()], new() { ["b"] = "x" });
        rig.Exit("a");
        rig.Up("a");
        rig.Forget();

        rig.Machine.StopAll("SIGTERM", rig.Now);
        string first = Assert.Single(rig.Effects.OfType<Effect.AskToStop>()).Node;
        rig.Exit(first);
        string second = rig.Effects.OfType<Effect.AskToStop>().Last().Node;
        Assert.NotEqual(first, second);
        rig.Exit(second);

        Assert.True(rig.Machine.IsAllDown);
    }
}
