using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests;

public sealed class RequirementTests
{
    [Fact]
    public void Start_Chain_EachIsLaunchedWhenItsOwnIsReady()
    {
        var rig = new Rig(Of("c", Needs("b")), Of("b", Needs("a")), Of("a").OnDemand());

        rig.Is("c", SupervisedState.Waiting, "waits for b");
        Assert.Equal(["b"], rig["c"].WaitingOn);
        Assert.Equal(["a"], rig.Effects.OfType<Effect.Launch>().Select(launch => launch.Node));
        rig.Advance(1);
        rig.Up("a");
        rig.Advance(1);
        rig.Up("b", "c");

        Assert.Equal("b", rig["c"].Boot!.UnblockedBy);
        Assert.Equal([0.0, 2.0, 2.0], new[] { rig["c"].Boot!.Wanted, rig["c"].Boot!.Launched!.Value, rig["c"].Boot!.Ready!.Value }.Select(at => at.TotalSeconds - 100));
    }

    [Fact]
    public void Start_AThousandInOneChain_AllComeUpAndGoDown()
    {
        NodeManifest[] chain = [Of("n0"), .. Enumerable.Range(1, 999).Select(i => Of($"n{i}", Bound($"n{i - 1}")))];
        var rig = new Rig(chain);
        for (int i = 0; i < chain.Length; i++)
        {
            rig.Up($"n{i}");
        }

        rig.Forget();
        rig.Machine.StopAll("the test is over", rig.Now);
        for (int i = chain.Length - 1; i >= 0; i--)
        {
            rig.Exit($"n{i}");
        }

        Assert.True(rig.Machine.IsAllDown);
        Assert.Equal(chain.Reverse().Select(manifest => manifest.Name), rig.Effects.OfType<Effect.AskToStop>().Select(ask => ask.Node));
    }

    [Fact]
    public void Failed_AThousandInOneChain_FailsThemAllWithAShortChain()
    {
        NodeManifest[] chain = [Of("n0").Policy(RestartPolicy.Never), .. Enumerable.Range(1, 999).Select(i => Of($"n{i}", Needs($"n{i - 1}")))];
        var rig = new Rig(chain);

        rig.Crash("n0");

        rig.Is("n1", SupervisedState.Failed, "requires n0 ← Failed: exit 3");
        rig.Is("n2", SupervisedState.Failed, "requires n1 ← n0 ← Failed: exit 3");
        rig.Is("n999", SupervisedState.Failed, "requires n998 ← n997");
        Assert.EndsWith("… ← n0 ← Failed: exit 3", rig["n999"].Reason, StringComparison.Ordinal);
        Assert.InRange(rig["n999"].Reason!.Length, 1, 200);

        rig.Machine.Start("n0", "operator", rig.Now);
        rig.Is("n999", SupervisedState.Waiting, "waits for n998");
    }

    [Fact]
    public void Start_PrerequisiteInBackoff_IsWaitedForUntilTheTimeoutAndHelpsWhenItIsUp()
    {
        var rig = new Rig(Of("a"), Of("b", Needs("a") with { Timeout = TimeSpan.FromSeconds(10) }));
        rig.Crash("a");
        rig.Is("b", SupervisedState.Waiting, "waits for a");

        rig.Advance(10);
        rig.Is("b", SupervisedState.Failed, "requires a ← Starting (waited 10 s)");
        rig.Crash("a");
        rig.Is("b", SupervisedState.Failed);
        rig.Advance(1);
        rig.Up("a");

        rig.Up("b");
    }

    [Fact]
    public void Start_OneSleepsWhileTheOtherIsGivenUpOn_IsWokenWhenThatIsUp()
    {
        TimeSpan idle = TimeSpan.FromSeconds(1);
        var rig = new Rig(Of("a").OnDemand(idle) with { Liveness = new LivenessSpec { IsOn = false } }, Of("b"), Of("c", Needs("a"), Needs("b")));
        rig.Up("a");
        rig.Crash("b");
        rig.Advance(30);
        rig.Is("c", SupervisedState.Failed, "requires b");
        rig.Machine.IdleFor("a", 1, idle, rig.Now);
        rig.Exit("a");
        rig.Is("a", SupervisedState.Waiting, "on demand");

        rig.Crash("b");
        rig.Advance(0.5);
        rig.Up("b", "a", "c");
    }

    [Fact]
    public void Start_PrerequisiteThatStillWaitsItself_TakesNobodysTime()
    {
        var rig = new Rig(Of("a"), Of("b", Needs("a")), Of("c", Needs("b")));
        rig.Run("a");
        rig.Advance(29);
        rig.Up("a");
        rig.Advance(29);

        rig.Is("c", SupervisedState.Waiting);
        rig.Up("b", "c");
    }

    [Fact]
    public void Start_PrerequisiteGoesAfterwards_LetsItGoOn()
    {
        var rig = new Rig(Of("a"), Of("b", Needs("a")));
        rig.Up("a", "b");

        rig.Crash("a");

        rig.Is("b", SupervisedState.Ready);
    }

    [Fact]
    public void Present_NotThere_FailsAtOnceAndStartsWhenItIs()
    {
        var rig = new Rig(Of("a").ByHand(), Of("b", Needs("a", RequirementMode.Present)));

        rig.Is("b", SupervisedState.Failed, "requires a ← Disabled: starts by hand");
        rig.Is("a", SupervisedState.Disabled);
        rig.Machine.Start("a", "operator", rig.Now);
        rig.Up("a", "b");
    }

    [Fact]
    public void Bind_PrerequisiteCrashes_StopsTheDependentAndStartsItAgain()
    {
        var rig = new Rig(Of("a"), Of("b", Bound("a")));
        rig.Up("a", "b");

        rig.Crash("a");
        rig.Is("b", SupervisedState.Draining, "bound to a, which is Backoff: exit 3");
        Assert.Equal("a", rig["b"].History[^1].By);
        rig.Exit("b");
        rig.Is("b", SupervisedState.Waiting, "waits for a");
        rig.Advance(0.25);
        rig.Up("a", "b");

        Assert.Equal(0, rig["b"].Failures);
    }

    [Fact]
    public void Soft_OnItsWay_IsWaitedForNoLongerThanItsTimeout()
    {
        var rig = new Rig(Of("a"), Of("b", Needs("a", RequirementMode.Soft) with { Timeout = TimeSpan.FromSeconds(7) }));
        rig.Is("b", SupervisedState.Waiting, "waits for a");

        rig.Advance(6.9);
        rig.Is("b", SupervisedState.Waiting);
        rig.Advance(0.1);

        rig.Is("b", SupervisedState.Starting);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Soft_NotWantedOrFailed_IsNotWaitedFor(bool isWanted)
    {
        NodeManifest a = Of("a").Policy(RestartPolicy.Never);
        var rig = new Rig(isWanted ? a : a.OnDemand(), Of("b", Needs("a", RequirementMode.Soft)));
        if (isWanted)
        {
            rig.Crash("a");
        }

        rig.Is("b", SupervisedState.Starting);
        Assert.Equal(isWanted ? 1 : 0, rig.Count<Effect.Launch>("a"));
    }

    [Theory]
    [InlineData(">=2", "2.1.0", null, true)]
    [InlineData(">=2", "1.9.9", null, false)]
    [InlineData("^1.2", "1.9.9", null, true)]
    [InlineData("^1.2", null, "1.3", true)]
    [InlineData("^1.2", "2.0", "1.3", false)]
    [InlineData("^1.2", null, null, false)]
    public void Version_OfTheJoinElseOfTheManifest_HasToFit(string range, string? joined, string? manifest, bool fits)
    {
        var rig = new Rig(Of("a") with { Version = manifest }, Of("b", Needs("a") with { Version = VersionRange.Parse(range) }));
        rig.Run("a");
        rig.Join("a", joined);
        rig.Pong("a");

        if (fits)
        {
            rig.Is("b", SupervisedState.Starting);
        }
        else
        {
            rig.Is("b", SupervisedState.Failed, $"requires a ← version {joined ?? manifest ?? "unknown"}, not {range}");
        }
    }

    [Fact]
    public void Foreign_JoinedByItself_CountsAndIsNotStartedASecondTime()
    {
        var rig = new Rig();
        rig.Machine.Joined("a", 0, "1.0", false, 42, rig.Now);
        rig.Load(Of("a"), Of("b", Needs("a")));

        rig.Is("a", SupervisedState.Starting, "joined by itself");
        rig.Machine.BecameReady("a", 0, rig.Now);
        rig.Is("a", SupervisedState.Ready);
        Assert.True(rig["a"].IsForeign);
        Assert.Equal(42, rig["a"].Pid);
        rig.Is("b", SupervisedState.Starting);
        Assert.Empty(rig.All<Effect.Launch>("a"));

        rig.Machine.Left("a", 0, rig.Now);

        rig.Up("a");
        Assert.False(rig["a"].IsForeign);
    }

    [Fact]
    public void Foreign_Stopped_IsAskedAndNothingElse()
    {
        var rig = new Rig();
        rig.Machine.Joined("a", 0, null, true, 42, rig.Now);
        rig.Load(Of("a"));

        rig.Machine.Stop("a", "operator", rig.Now);
        rig.Is("a", SupervisedState.Draining);
        Assert.Equal(0, Assert.Single(rig.All<Effect.AskToStop>("a")).Generation);
        rig.Advance(100);
        Assert.Empty(rig.All<Effect.Kill>("a"));
        rig.Is("a", SupervisedState.Ready, "joined by itself");
        rig.Machine.Left("a", 0, rig.Now);

        rig.Is("a", SupervisedState.Disabled, "stopped by operator");
    }
}
