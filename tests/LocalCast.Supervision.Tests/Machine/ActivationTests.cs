using LocalCast.Protocol;
using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests;

public sealed class ActivationTests
{
    private static readonly TimeSpan _idle = TimeSpan.FromSeconds(60);

    [Fact]
    public void Activate_ManyCallers_OneBootOfTheWholeChain()
    {
        var rig = new Rig(Of("a").OnDemand(), Of("b", Needs("a")).OnDemand());

        for (int i = 0; i < 10; i++)
        {
            Assert.Null(rig.Machine.Activate("b", "caller", rig.Now));
        }

        rig.Up("a", "b");
        Assert.Equal(2, rig.Effects.OfType<Effect.Launch>().Count());
        Assert.Contains(rig["b"].History, transition => transition.By == "caller");
    }

    [Fact]
    public void Activate_EndsInFailed_FailsTheCallsWithTheChain()
    {
        var rig = new Rig(Of("a").OnDemand().Policy(RestartPolicy.Never), Of("b", Needs("a")).OnDemand());
        Assert.Null(rig.Machine.Activate("b", "caller", rig.Now));

        rig.Crash("a");

        Assert.Contains("requires a ← Failed: exit 3", Assert.Single(rig.All<Effect.FailCalls>("b")).Error.Message, StringComparison.Ordinal);
        ErrorInfo? next = rig.Machine.Activate("b", "caller", rig.Now);
        Assert.Equal(LocalCastError.NodeNotReady, next?.Code);
        Assert.Contains("requires a ← Failed: exit 3", next!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Activate_ByHandOrDisabled_IsRefused()
    {
        var rig = new Rig(Of("a").ByHand(), Of("b").OnDemand() with { DisabledBecause = "no python3" });

        Assert.Contains("starts by hand", rig.Machine.Activate("a", "caller", rig.Now)!.Message, StringComparison.Ordinal);
        Assert.Contains("no python3", rig.Machine.Activate("b", "caller", rig.Now)!.Message, StringComparison.Ordinal);
        Assert.Empty(rig.Effects.OfType<Effect.Launch>());
    }

    [Fact]
    public void Idle_LongEnough_IsStoppedAndSleepsUntilTheNextCall()
    {
        Rig rig = Activated(Of("a").OnDemand(_idle) with { Liveness = new LivenessSpec { IsOn = false } });

        rig.Advance(60);
        Assert.Single(rig.All<Effect.AskIdle>("a"));
        rig.Machine.IdleFor("a", 1, TimeSpan.FromSeconds(20), rig.Now);
        rig.Is("a", SupervisedState.Ready);
        rig.Advance(40);
        Assert.Equal(2, rig.Count<Effect.AskIdle>("a"));
        rig.Machine.IdleFor("a", 1, TimeSpan.FromSeconds(60), rig.Now);
        rig.Is("a", SupervisedState.Draining, "idle for 60 s");
        rig.Exit("a");

        rig.Is("a", SupervisedState.Waiting, "on demand");
        Assert.Null(rig.Machine.Activate("a", "caller", rig.Now));
        rig.Up("a");
    }

    [Fact]
    public void Idle_CallWhileDraining_StartsItAgainOnceItIsDown()
    {
        Rig rig = Activated(Of("a").OnDemand(_idle));
        rig.Machine.IdleFor("a", 1, _idle, rig.Now);

        Assert.Null(rig.Machine.Activate("a", "caller", rig.Now));
        rig.Exit("a");

        rig.Up("a");
    }

    [Fact]
    public void Idle_NeededByADependent_IsNotAsked()
    {
        var rig = new Rig(Of("a").OnDemand(_idle) with { Liveness = new LivenessSpec { IsOn = false } }, Of("b", Needs("a")) with { Liveness = new LivenessSpec { IsOn = false } });
        rig.Up("a", "b");

        rig.Advance(1000);
        rig.Machine.IdleFor("a", 1, TimeSpan.FromDays(1), rig.Now);

        Assert.Empty(rig.All<Effect.AskIdle>("a"));
        rig.Is("a", SupervisedState.Ready);
    }

    [Fact]
    public void Idle_StartedByAnOperator_StaysUp()
    {
        var rig = new Rig(Of("a").OnDemand(_idle));
        rig.Machine.Start("a", "operator", rig.Now);
        rig.Up("a");

        rig.Machine.IdleFor("a", 1, TimeSpan.FromDays(1), rig.Now);

        rig.Is("a", SupervisedState.Ready);
    }

    [Fact]
    public void OnDemand_EndsByItself_IsStartedByTheNextCall()
    {
        Rig rig = Activated(Of("a").OnDemand());

        rig.Exit("a");
        rig.Is("a", SupervisedState.Completed);
        Assert.Null(rig.Machine.Activate("a", "caller", rig.Now));

        rig.Up("a");
    }

    private static Rig Activated(NodeManifest manifest)
    {
        var rig = new Rig(manifest);
        rig.Machine.Activate(manifest.Name, "caller", rig.Now);
        rig.Up(manifest.Name);
        return rig;
    }
}
