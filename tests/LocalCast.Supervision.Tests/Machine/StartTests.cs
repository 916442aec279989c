using LocalCast.Protocol;
using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests;

public sealed class StartTests
{
    [Fact]
    public void Load_BootNode_IsLaunchedAndReadyByPong()
    {
        var rig = new Rig(Of("a"));

        rig.Is("a", SupervisedState.Starting);
        Assert.Equal(1, Assert.Single(rig.All<Effect.Launch>("a")).Generation);
        rig.Run("a");
        rig.Join("a", "1.2");
        Assert.Single(rig.All<Effect.Ping>("a"));
        rig.Is("a", SupervisedState.Starting);
        rig.Pong("a");
        rig.Is("a", SupervisedState.Ready);
        Assert.Equal(1001, rig["a"].Pid);
        Assert.Equal([SupervisedState.Starting, SupervisedState.Ready], rig["a"].History.Select(t => t.State));
    }

    [Fact]
    public void Pong_NoAnswer_IsAskedAgainEachQuarterSecond()
    {
        var rig = new Rig(Of("a"));
        rig.Run("a");
        rig.Join("a");

        rig.Advance(1);

        Assert.Equal(5, rig.Count<Effect.Ping>("a"));
    }

    [Theory]
    [InlineData(ActivationMode.OnDemand, SupervisedState.Waiting, "on demand")]
    [InlineData(ActivationMode.Manual, SupervisedState.Disabled, "starts by hand")]
    public void Load_NotAtBoot_WaitsToBeStarted(ActivationMode mode, SupervisedState state, string reason)
    {
        var rig = new Rig(Of("a") with { Activation = new ActivationSpec { Mode = mode } });
        rig.Is("a", state, reason);
        Assert.Empty(rig.All<Effect.Launch>("a"));

        Assert.Null(rig.Machine.Start("a", "operator", rig.Now));

        rig.Up("a");
    }

    [Fact]
    public void Commands_UnknownNode_SayNodeNotFound()
    {
        var rig = new Rig(Of("a"));

        Assert.All(
            [
                rig.Machine.Start("x", "operator", rig.Now), rig.Machine.Stop("x", "operator", rig.Now), rig.Machine.Restart("x", "operator", rig.Now),
                rig.Machine.Upgrade("x", "operator", rig.Now), rig.Machine.Activate("x", "caller", rig.Now),
            ],
            error => Assert.Equal(LocalCastError.NodeNotFound, error?.Code));
    }

    [Fact]
    public void Start_Disabled_SaysWhy()
    {
        var rig = new Rig(Of("a") with { DisabledBecause = "python3 is not installed" });

        rig.Is("a", SupervisedState.Disabled, "python3 is not installed");
        ErrorInfo? error = rig.Machine.Start("a", "operator", rig.Now);

        Assert.Equal(LocalCastError.NodeNotReady, error?.Code);
        Assert.Contains("python3", error!.Message, StringComparison.Ordinal);
        Assert.Empty(rig.All<Effect.Launch>("a"));
    }

    [Fact]
    public void Load_Refused_FailsWithTheReasonAndItsDependentsWithTheChain()
    {
        var rig = new Rig();
        rig.Load([Of("a", Needs("b")), Of("b", Needs("a")), Of("c", Needs("a"))], new() { ["a"] = "circle: a → b → a", ["b"] = "circle: a → b → a" });

        rig.Is("a", SupervisedState.Failed, "circle: a → b → a");
        rig.Is("c", SupervisedState.Failed, "requires a ← Failed: circle: a → b → a");
        Assert.Empty(rig.Effects.OfType<Effect.Launch>());
    }

    [Theory]
    [InlineData(ReadinessKind.Pong, "did not join")]
    [InlineData(ReadinessKind.Notify, "did not join")]
    [InlineData(ReadinessKind.Log, "printed no line")]
    [InlineData(ReadinessKind.Http, "did not answer well")]
    [InlineData(ReadinessKind.Exec, "its probe did not succeed")]
    [InlineData(ReadinessKind.Exit, "it did not end")]
    public void StartTimeout_EveryKind_IsKilledAndCountsAsAFailure(ReadinessKind kind, string what)
    {
        var rig = new Rig(Of("a").Readiness(kind));
        rig.Run("a");

        rig.Advance(30);

        rig.Is("a", SupervisedState.Stopping, "not ready after 30 s: ");
        Assert.Contains(what, rig["a"].Reason, StringComparison.Ordinal);
        Assert.Equal(1, Assert.Single(rig.All<Effect.Kill>("a")).Generation);
        rig.Exit("a", null, 9);
        rig.Is("a", SupervisedState.Backoff, "not ready after 30 s");
        Assert.Equal(1, rig["a"].Failures);
        Assert.Equal("signal 9", rig["a"].LastExit!.ToString());
    }

    [Fact]
    public void Notify_JoinsFirst_IsReadyWhenItSaysSo()
    {
        var rig = new Rig(Of("a").Readiness(ReadinessKind.Notify));
        rig.Run("a");
        rig.Join("a", isReady: false);
        rig.Is("a", SupervisedState.Starting);

        rig.Machine.BecameReady("a", 1, rig.Now);

        rig.Is("a", SupervisedState.Ready);
    }

    [Fact]
    public void Notify_JoinsReady_IsReady()
    {
        var rig = new Rig(Of("a").Readiness(ReadinessKind.Notify));
        rig.Run("a");

        rig.Machine.Joined("a", 1, null, true, null, rig.Now);

        rig.Is("a", SupervisedState.Ready);
    }

    [Fact]
    public void Pong_JoinsWithoutBeingReady_WaitsUntilItSaysSo()
    {
        var rig = new Rig(Of("a"));
        rig.Run("a");
        rig.Join("a", isReady: false);
        rig.Pong("a"); // an answer to somebody else's question

        rig.Is("a", SupervisedState.Starting);
        Assert.Empty(rig.All<Effect.Ping>("a"));
        rig.Machine.BecameReady("a", 1, rig.Now);
        Assert.Single(rig.All<Effect.Ping>("a"));
        rig.Pong("a");

        rig.Is("a", SupervisedState.Ready);
    }

    [Fact]
    public void Pong_NeverSaysThatItIsReady_FailsWithThat()
    {
        var rig = new Rig(Of("a"));
        rig.Run("a");
        rig.Join("a", isReady: false);

        rig.Advance(30);

        rig.Is("a", SupervisedState.Stopping, "it joined and did not say that it is ready");
    }

    [Fact]
    public void Log_LineMatches_IsReadyWithoutJoining()
    {
        var rig = new Rig(Of("a").Readiness(ReadinessKind.Log));
        rig.Run("a");

        rig.Machine.LineMatched("a", 1, rig.Now);

        rig.Is("a", SupervisedState.Ready);
        Assert.Equal(rig.Now + TimeSpan.FromSeconds(30), rig.Machine.NextDue); // nobody to ping, only failures to forget
    }

    [Theory]
    [InlineData(ReadinessKind.Http)]
    [InlineData(ReadinessKind.Exec)]
    public void Probe_FailsAtFirst_IsRepeatedAfterTheInterval(ReadinessKind kind)
    {
        var rig = new Rig(Of("a").Readiness(kind));
        rig.Run("a");
        Assert.Equal(1, rig.Count<Effect.Probe>("a"));

        rig.Machine.ProbeEnded("a", 1, false, "503", rig.Now);
        rig.Advance(0.09);
        Assert.Equal(1, rig.Count<Effect.Probe>("a"));
        rig.Advance(0.01);
        Assert.Equal(2, rig.Count<Effect.Probe>("a"));
        Assert.Equal("503", rig["a"].LastProbe!.Output);
        rig.Machine.ProbeEnded("a", 1, true, "200", rig.Now);

        rig.Is("a", SupervisedState.Ready);
    }

    [Fact]
    public void Job_ExitsWithItsCode_IsCompletedAndItsDependentStarts()
    {
        var rig = new Rig(Of("job").Readiness(ReadinessKind.Exit) with { Readiness = new() { Kind = ReadinessKind.Exit, Codes = [7] } }, Of("a", Needs("job")));
        rig.Run("job");
        rig.Is("a", SupervisedState.Waiting, "job");

        rig.Exit("job", 7);

        rig.Is("job", SupervisedState.Completed, "exit 7");
        rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void LaunchFailed_Permanent_IsNotTriedAgain()
    {
        var rig = new Rig(Of("a"));

        rig.Machine.LaunchFailed("a", 1, "no such file: ./a", true, rig.Now);
        rig.Advance(1000);

        rig.Is("a", SupervisedState.Failed, "no such file");
        Assert.Single(rig.All<Effect.Launch>("a"));
        Assert.Equal(LocalCastError.NodeNotReady, rig.All<Effect.FailCalls>("a").Last().Error.Code);
    }

    [Fact]
    public void LaunchFailed_Passing_IsTriedAgain()
    {
        var rig = new Rig(Of("a"));

        rig.Machine.LaunchFailed("a", 1, "out of processes", false, rig.Now);
        rig.Is("a", SupervisedState.Backoff, "out of processes");
        rig.Advance(0.25);

        rig.Is("a", SupervisedState.Starting);
        Assert.Equal(2, rig["a"].Generation);
    }

    [Fact]
    public void Misnamed_NeverReady_IsInTheReason()
    {
        var rig = new Rig(Of("a"));
        rig.Run("a");
        rig.Machine.Misnamed("a", 1, "b", rig.Now);
        Assert.Contains("it tried to join as 'b'", rig["a"].Notes);

        rig.Advance(30);

        rig.Is("a", SupervisedState.Stopping, "tried to join as 'b'");
    }

    [Fact]
    public void Adopted_ProvesReady_IsNotLaunchedASecondTime()
    {
        var rig = new Rig();
        rig.Machine.Adopt("a", 7, 4711, rig.Now);
        rig.Load(Of("a"));

        rig.Is("a", SupervisedState.Starting, "adopted");
        Assert.Empty(rig.All<Effect.Launch>("a"));
        rig.Machine.Joined("a", 7, null, true, null, rig.Now);
        rig.Machine.Ponged("a", 7, rig.Now);

        rig.Is("a", SupervisedState.Ready);
        Assert.Equal(4711, rig["a"].Pid);
        rig.Exit("a", null);
        rig.Is("a", SupervisedState.Backoff, "an end that nobody saw the code of");
        rig.Advance(1);
        Assert.Equal(8, Assert.Single(rig.All<Effect.Launch>("a")).Generation);
    }

    [Fact]
    public void Adopted_NoManifestAnyMore_IsKilled()
    {
        var rig = new Rig();
        rig.Machine.Adopt("gone", 7, 4711, rig.Now);

        rig.Load(Of("a"));

        Assert.Equal(7, Assert.Single(rig.All<Effect.Kill>("gone")).Generation);
    }

    [Fact]
    public void Everything_StaleGeneration_ChangesNothing()
    {
        var rig = new Rig(Of("a"));
        rig.Up("a");
        rig.Machine.Restart("a", "operator", rig.Now);
        rig.Exit("a");
        rig.Up("a");
        rig.Forget();
        NodeView before = rig["a"];

        rig.Machine.Launched("a", 1, 5, [], rig.Now);
        rig.Machine.LaunchFailed("a", 1, "x", true, rig.Now);
        rig.Machine.Exited("a", 1, 1, null, rig.Now);
        rig.Machine.Joined("a", 1, "9", true, 5, rig.Now);
        rig.Machine.BecameReady("a", 1, rig.Now);
        rig.Machine.Left("a", 1, rig.Now);
        rig.Machine.ProbeEnded("a", 3, true, "", rig.Now);
        rig.Machine.Extended("a", 1, TimeSpan.FromSeconds(1), rig.Now);
        rig.Machine.CannotStop("a", 1, rig.Now);
        rig.Machine.Drained("a", 1, rig.Now);
        rig.Machine.IdleFor("a", 1, TimeSpan.FromDays(1), rig.Now);
        rig.Machine.Misnamed("a", 1, "b", rig.Now);

        Assert.Same(before, rig["a"]);
        Assert.Empty(rig.Effects);
    }

    [Fact]
    public void Job_EndsWell_IsDoneInTheTimesOfTheBoot()
    {
        var rig = new Rig(Of("job").Readiness(ReadinessKind.Exit), Of("a"));
        rig.Up("a");
        rig.Run("job");
        rig.Sleep(1);
        rig.Exit("job");

        var line = BootTimeline.Of(rig.Machine.Views);

        Assert.Equal(TimeSpan.FromSeconds(1), line.Total);
        Assert.Equal(["job"], line.CriticalPath);
        Assert.Equal(TimeSpan.FromSeconds(1), line.Rows.Single(row => row.Node == "job").Took);
        Assert.Contains("waited 0 s, took 1 s", line.ToString(), StringComparison.Ordinal);
    }
}
