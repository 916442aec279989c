using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests;

public sealed class UpgradeTests
{
    private readonly Rig _rig = new(Of("a"));

    public UpgradeTests()
    {
        _rig.Up("a");
        _rig.Forget();
    }

    [Fact]
    public void Changed_Swap_NewOneTakesTheNameOverAndTheOldOneEndsAfterProbation()
    {
        _rig.Load(Of("a").Changed());
        Assert.Equal((2, "2"), (Assert.Single(_rig.All<Effect.Launch>("a")).Generation, _rig.All<Effect.Launch>("a").Single().Manifest.Fingerprint));
        _rig.Is("a", SupervisedState.Ready);
        Assert.Equal((1, UpgradeOutcome.Running), (_rig["a"].Generation, _rig["a"].Upgrade!.Outcome));
        _rig.Forget();

        SuccessorUp(2);
        Assert.Equal([typeof(Effect.Ping), typeof(Effect.HoldCalls), typeof(Effect.WatchDrain)], Kinds());
        _rig.Forget();
        _rig.Machine.Drained("a", 1, _rig.Now);
        Assert.Equal([typeof(Effect.MoveName), typeof(Effect.ReleaseCalls)], Kinds());
        Assert.Equal((2, "2.0"), (_rig["a"].Generation, _rig["a"].Manifest.Version));
        _rig.Advance(4.9);
        Assert.Empty(_rig.All<Effect.AskToStop>("a"));
        _rig.Advance(0.1);
        Assert.Equal(1, Assert.Single(_rig.All<Effect.AskToStop>("a")).Generation);
        _rig.Machine.Exited("a", 1, 0, null, _rig.Now);

        _rig.Is("a", SupervisedState.Ready);
        Assert.Equal(UpgradeOutcome.Done, _rig["a"].Upgrade!.Outcome);
        Assert.Equal(0, _rig["a"].Failures);
    }

    [Fact]
    public void Draining_NeverDrained_MovesAfterTheStopTimeout()
    {
        _rig.Load(Of("a").Changed());
        SuccessorUp(2);

        _rig.Advance(4.9);
        Assert.Empty(_rig.All<Effect.MoveName>("a"));
        _rig.Advance(0.1);

        Assert.Equal(2, Assert.Single(_rig.All<Effect.MoveName>("a")).Generation);
    }

    [Fact]
    public void Probation_NewOneExits_TheOldOneTakesOverAgain()
    {
        Upgraded();

        _rig.Machine.Exited("a", 2, 3, null, _rig.Now);

        Assert.Equal([typeof(Effect.HoldCalls), typeof(Effect.MoveName), typeof(Effect.ReleaseCalls)], Kinds());
        Assert.Equal(1, _rig.All<Effect.MoveName>("a").Single().Generation);
        IsRolledBack("exit 3");
        _rig.Load(Of("a").Changed());
        Assert.Empty(_rig.All<Effect.Launch>("a"));
        _rig.Load(Of("a").Changed("3"));
        Assert.Equal("3", Assert.Single(_rig.All<Effect.Launch>("a")).Manifest.Fingerprint);
    }

    [Fact]
    public void Probation_NewOneHangs_IsKilledAndTheOldOneTakesOverAgain()
    {
        NodeManifest watched = Of("a").Changed() with
        {
            Liveness = new LivenessSpec { Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromSeconds(1) },
        };
        Upgraded(watched);

        _rig.Advance(3);

        IsRolledBack("hung");
        Assert.Equal(2, Assert.Single(_rig.All<Effect.Kill>("a")).Generation);
        _rig.Machine.Exited("a", 2, null, 9, _rig.Now);
        _rig.Is("a", SupervisedState.Ready);
    }

    [Fact]
    public void Successor_NeverReady_IsKilledAndTheOldOneStays()
    {
        _rig.Load(Of("a").Changed() with { Readiness = new ReadinessSpec { Timeout = TimeSpan.FromSeconds(3) } });
        _rig.Machine.Launched("a", 2, 5, [], _rig.Now);

        _rig.Advance(3);

        Assert.Equal(2, Assert.Single(_rig.All<Effect.Kill>("a")).Generation);
        IsRolledBack("not ready after 3 s");
        Assert.Empty(_rig.All<Effect.HoldCalls>("a"));
    }

    [Fact]
    public void Successor_CannotBeLaunched_TheOldOneStays()
    {
        _rig.Load(Of("a").Changed());

        _rig.Machine.LaunchFailed("a", 2, "no such file", true, _rig.Now);

        IsRolledBack("no such file");
    }

    [Fact]
    public void Successor_DiesWhileTheOldOneDrains_CallsAreReleasedToTheOldOne()
    {
        _rig.Load(Of("a").Changed());
        SuccessorUp(2);

        _rig.Machine.Exited("a", 2, 3, null, _rig.Now);

        Assert.Single(_rig.All<Effect.ReleaseCalls>("a"));
        Assert.Empty(_rig.All<Effect.MoveName>("a"));
        IsRolledBack("exit 3");
    }

    [Fact]
    public void OldOne_DiesFirst_TheSuccessorIsTheInstanceWhenReady()
    {
        _rig.Load(Of("a").Changed());

        _rig.Machine.Exited("a", 1, 3, null, _rig.Now);
        _rig.Is("a", SupervisedState.Starting, "its successor is being started");
        SuccessorUp(2);

        _rig.Is("a", SupervisedState.Ready);
        Assert.Equal(2, Assert.Single(_rig.All<Effect.MoveName>("a")).Generation);
        Assert.Equal(UpgradeOutcome.Done, _rig["a"].Upgrade!.Outcome);
    }

    [Fact]
    public void OldOne_DiesFirstAndTheSuccessorToo_TheOldManifestIsTriedAgain()
    {
        _rig.Load(Of("a").Changed());
        _rig.Machine.Exited("a", 1, 3, null, _rig.Now);

        _rig.Machine.Exited("a", 2, 4, null, _rig.Now);
        _rig.Advance(1);

        Assert.Equal((3, "1"), (_rig.All<Effect.Launch>("a").Last().Generation, _rig.All<Effect.Launch>("a").Last().Manifest.Fingerprint));
    }

    [Fact]
    public void OldOne_DiesWhileDraining_TheNameMovesAtOnce()
    {
        _rig.Load(Of("a").Changed());
        SuccessorUp(2);

        _rig.Machine.Exited("a", 1, 3, null, _rig.Now);

        Assert.Equal(2, Assert.Single(_rig.All<Effect.MoveName>("a")).Generation);
        _rig.Is("a", SupervisedState.Ready);
        Assert.Equal(UpgradeOutcome.Done, _rig["a"].Upgrade!.Outcome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RestartModeOrOtherReadiness_IsStoppedAndStarted(bool byMode)
    {
        _rig.Load(byMode ? Of("a").Changed().ByRestart() : Of("a").Changed().Readiness(ReadinessKind.Log));

        _rig.Is("a", SupervisedState.Draining, "upgraded by agent");
        Assert.Empty(_rig.All<Effect.Launch>("a"));
        _rig.Exit("a");

        Assert.Equal((2, "2"), (_rig["a"].Generation, Assert.Single(_rig.All<Effect.Launch>("a")).Manifest.Fingerprint));
        Assert.Equal(UpgradeOutcome.Done, _rig["a"].Upgrade!.Outcome);
        Assert.Contains(byMode ? "reload.mode" : "readiness", _rig["a"].Upgrade!.RestartedBecause);
    }

    [Fact]
    public void Stop_DuringAnUpgrade_EndsBoth()
    {
        _rig.Load(Of("a").Changed());
        SuccessorUp(2);

        _rig.Machine.Stop("a", "operator", _rig.Now);

        Assert.Equal([1, 2], _rig.All<Effect.AskToStop>("a").Select(ask => ask.Generation).Order());
        Assert.Single(_rig.All<Effect.ReleaseCalls>("a"));
        _rig.Machine.Exited("a", 1, 0, null, _rig.Now);
        _rig.Is("a", SupervisedState.Draining);
        _rig.Machine.Exited("a", 2, 0, null, _rig.Now);
        _rig.Is("a", SupervisedState.Disabled, "stopped by operator");
    }

    [Fact]
    public void Changed_Again_IsDoneAfterwards()
    {
        _rig.Load(Of("a").Changed());
        _rig.Load(Of("a").Changed("3"));
        SuccessorUp(2);
        _rig.Machine.Drained("a", 1, _rig.Now);
        Assert.Single(_rig.All<Effect.Launch>("a"));
        _rig.Advance(5);
        _rig.Machine.Exited("a", 1, 0, null, _rig.Now);

        Assert.Equal((3, "3"), (_rig.All<Effect.Launch>("a").Last().Generation, _rig.All<Effect.Launch>("a").Last().Manifest.Fingerprint));
    }

    [Fact]
    public void Upgrade_ByHandWithoutAChange_StartsASuccessorAllTheSame()
    {
        Assert.Null(_rig.Machine.Upgrade("a", "operator", _rig.Now));

        Assert.Equal(2, Assert.Single(_rig.All<Effect.Launch>("a")).Generation);
    }

    [Fact]
    public void Changed_NewPrerequisite_IsPulledInBeforeTheSuccessor()
    {
        _rig.Load(Of("a", Needs("b")).Changed(), Of("b").OnDemand());

        Assert.Empty(_rig.All<Effect.Launch>("a"));
        _rig.Up("b");

        Assert.Single(_rig.All<Effect.Launch>("a"));
        _rig.Is("a", SupervisedState.Ready);
    }

    [Fact]
    public void Changed_WaitsForAPrerequisiteAndHangs_IsNotDueForEver()
    {
        _rig.Load(Of("a", Needs("b")).Changed(), Of("b"));

        _rig.Advance(100); // the rig fails when a tick leaves behind what was due

        _rig.Is("a", SupervisedState.Failed, "could not be killed");
    }

    [Fact]
    public void Upgrade_AfterARollBackAndWaitingForAPrerequisite_IsUnderWay()
    {
        _rig.Load(Of("a").Changed());
        _rig.Machine.LaunchFailed("a", 2, "no such file", true, _rig.Now);
        IsRolledBack("no such file");

        _rig.Load(Of("a", Needs("b")).Changed("3"), Of("b"));
        Assert.Null(_rig.Machine.Upgrade("a", "operator", _rig.Now));

        Assert.Equal(UpgradeOutcome.Running, _rig["a"].Upgrade!.Outcome);
        _rig.Machine.LaunchFailed("b", 1, "no such file either", true, _rig.Now);
        IsRolledBack("no such file either");
    }

    [Fact]
    public void Upgrade_WhileAnotherIsUnderWay_HearsNothingOfTheFirst()
    {
        Upgraded();
        Assert.Null(_rig.Machine.Upgrade("a", "operator", _rig.Now));

        _rig.Machine.Exited("a", 2, 3, null, _rig.Now);

        Assert.Equal(UpgradeOutcome.Running, _rig["a"].Upgrade!.Outcome);
        Assert.Equal(3, Assert.Single(_rig.All<Effect.Launch>("a")).Generation);
    }

    [Fact]
    public void Upgrade_TheManifestIsRefusedMeanwhile_EndsWithThat()
    {
        _rig.Load(Of("a", Needs("b")).Changed(), Of("b"));

        _rig.Load([Of("a").Changed("3"), Of("b")], new Dictionary<string, string> { ["a"] = "a → a" });

        Assert.Equal(UpgradeOutcome.RolledBack, _rig["a"].Upgrade!.Outcome);
        Assert.Contains("a → a", _rig["a"].Upgrade!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Upgrade_ByHandAndTheManifestIsAgainWhatItWas_IsDoneAllTheSame()
    {
        _rig.Load(Of("a", Needs("b")).Changed(), Of("b"));
        Assert.Null(_rig.Machine.Upgrade("a", "operator", _rig.Now));

        _rig.Load(Of("a"), Of("b"));

        Assert.Equal("1", Assert.Single(_rig.All<Effect.Launch>("a")).Manifest.Fingerprint);
    }

    [Fact]
    public void Changed_WaitsAndTheManifestIsAgainWhatItWas_NothingIsLeftToDo()
    {
        _rig.Load(Of("a", Needs("b")).Changed(), Of("b"));

        _rig.Load(Of("a"), Of("b"));

        Assert.Empty(_rig.All<Effect.Launch>("a"));
        Assert.Equal(UpgradeOutcome.Done, _rig["a"].Upgrade!.Outcome);
    }

    [Fact]
    public void Upgrade_OfANodeThatIsDown_HearsNothingOfTheLastOne()
    {
        _rig.Load(Of("a").Changed());
        _rig.Machine.LaunchFailed("a", 2, "no such file", true, _rig.Now);
        _rig.Exit("a");

        Assert.Null(_rig.Machine.Upgrade("a", "operator", _rig.Now));

        Assert.Null(_rig["a"].Upgrade);
    }

    private IEnumerable<Type> Kinds() => _rig.Effects.Where(effect => effect is not Effect.Report).Select(effect => effect.GetType());

    private void SuccessorUp(int generation)
    {
        _rig.Machine.Launched("a", generation, 5, [], _rig.Now);
        _rig.Machine.Joined("a", generation, null, true, null, _rig.Now);
        _rig.Machine.Ponged("a", generation, _rig.Now);
    }

    private void Upgraded(NodeManifest? manifest = null)
    {
        _rig.Load(manifest ?? Of("a").Changed());
        SuccessorUp(2);
        _rig.Machine.Drained("a", 1, _rig.Now);
        _rig.Forget();
    }

    private void IsRolledBack(string reason)
    {
        _rig.Is("a", SupervisedState.Ready);
        Assert.Equal((1, "1"), (_rig["a"].Generation, _rig["a"].Manifest.Fingerprint));
        Assert.Equal(UpgradeOutcome.RolledBack, _rig["a"].Upgrade!.Outcome);
        Assert.Contains(reason, _rig["a"].Upgrade!.Reason, StringComparison.Ordinal);
        Assert.Contains(_rig.All<Effect.Report>("a"), report => report.IsLoud && report.Transition.Cause.StartsWith("rolled back: ", StringComparison.Ordinal));
    }
}
