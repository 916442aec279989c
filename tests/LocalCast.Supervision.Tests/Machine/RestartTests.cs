using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests;

public sealed class RestartTests
{
    [Theory]
    [InlineData(0.0, 0.8)]
    [InlineData(0.5, 1.0)]
    [InlineData(1.0, 1.2)]
    public void Crash_OnceAndAgain_PauseDoublesAndIsSpread(double random, double factor)
    {
        var rig = new Rig(random, [Of("a")]);

        foreach (double pause in (double[])[0.25, 0.5, 1, 2])
        {
            rig.Up("a");
            rig.Crash("a");
            rig.Is("a", SupervisedState.Backoff, "exit 3");
            Assert.Equal(rig.Now + TimeSpan.FromSeconds(pause * factor), rig["a"].Until);
            rig.Advance(pause * factor);
            rig.Is("a", SupervisedState.Starting);
        }

        Assert.Equal((4, 4, 5), (rig["a"].Restarts, rig["a"].Failures, rig["a"].Generation));
    }

    [Fact]
    public void Retry_AfterAnOperatorsStart_IsTheAgentsDoing()
    {
        var rig = new Rig(Of("a").ByHand());
        rig.Machine.Start("a", "cli-1", rig.Now);
        rig.Crash("a");
        rig.Advance(1);
        rig.Up("a");
        rig.Machine.Start("a", "cli-2", rig.Now); // it is up: nothing comes of it
        rig.Crash("a");
        rig.Advance(1);
        rig.Up("a");
        rig.Machine.Restart("a", "cli-3", rig.Now);
        rig.Exit("a");

        Assert.Equal(["cli-1", "agent", "agent", "cli-3"], rig["a"].History.Where(step => step.State == SupervisedState.Starting).Select(step => step.By));
    }

    [Fact]
    public void Crash_AfterBeingUpLongEnough_BeginsWithTheFirstPauseAgain()
    {
        var rig = new Rig(Of("a") with { Liveness = new LivenessSpec { IsOn = false } });
        rig.Up("a");
        rig.Crash("a");
        rig.Advance(0.25);
        rig.Up("a");

        rig.Advance(30);
        Assert.Equal(0, rig["a"].Failures);
        rig.Crash("a");

        Assert.Equal(rig.Now + TimeSpan.FromSeconds(0.25), rig["a"].Until);
    }

    [Fact]
    public void FiveFailuresInAMinute_CrashLoop_IsTriedAtTheLongestPauseAndToldOnce()
    {
        var rig = new Rig(Of("a"));
        for (int i = 0; i < 4; i++)
        {
            rig.Crash("a");
            rig.Advance(2);
        }

        rig.Crash("a");
        rig.Is("a", SupervisedState.CrashLoop, "exit 3");
        Assert.Equal(rig.Now + TimeSpan.FromSeconds(30), rig["a"].Until);
        rig.Advance(30);
        rig.Is("a", SupervisedState.Starting);
        rig.Crash("a");
        rig.Is("a", SupervisedState.CrashLoop);
        rig.Advance(30);
        rig.Crash("a");

        Assert.Equal(3, rig.All<Effect.Report>("a").Count(report => report.Transition.State == SupervisedState.CrashLoop));
        Assert.Single(rig.All<Effect.Report>("a"), report => report.IsLoud);
    }

    [Fact]
    public void Failures_NeverFiveWithinAMinute_AreNoCrashLoop()
    {
        var rig = new Rig(Of("a") with { Liveness = new LivenessSpec { IsOn = false }, Restart = new RestartSpec { MaxBackoff = TimeSpan.FromSeconds(1) } });
        for (int i = 0; i < 10; i++)
        {
            rig.Up("a");
            rig.Advance(15);
            rig.Crash("a");
            rig.Is("a", SupervisedState.Backoff);
            rig.Advance(1);
        }
    }

    [Fact]
    public void CleanExit_OnFailure_IsCompleted()
    {
        var rig = new Rig(Of("a") with { Restart = new RestartSpec { CleanExitCodes = [0, 42] } });
        rig.Up("a");

        rig.Exit("a", 42);
        rig.Advance(1000);

        rig.Is("a", SupervisedState.Completed, "exit 42");
        Assert.Single(rig.All<Effect.Launch>("a"));
    }

    [Fact]
    public void CleanExit_Always_IsStartedAfterThePause()
    {
        var rig = new Rig(Of("a").Policy(RestartPolicy.Always));
        rig.Up("a");

        rig.Exit("a");
        rig.Is("a", SupervisedState.Backoff, "exit 0");
        rig.Advance(0.25);

        rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void Crash_Never_IsFailed()
    {
        var rig = new Rig(Of("a").Policy(RestartPolicy.Never));
        rig.Up("a");

        rig.Crash("a");
        rig.Advance(1000);

        rig.Is("a", SupervisedState.Failed, "exit 3");
        Assert.Contains("'a' is Failed: exit 3", Assert.Single(rig.All<Effect.FailCalls>("a")).Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, null, 3)]
    [InlineData(null, 11, 139)]
    [InlineData(null, null, 1)]
    public void Essential_NotStartedAgain_StopsTheAgentWithItsCode(int? code, int? signal, int expected)
    {
        var rig = new Rig(Of("a").Essential().Policy(RestartPolicy.Never));
        rig.Up("a");

        rig.Exit("a", code, signal);

        Assert.Equal(expected, Assert.Single(rig.All<Effect.StopAgent>("a")).ExitCode);
        Assert.Contains(rig.All<Effect.Report>("a"), report => report.IsLoud && report.Transition.State == SupervisedState.Failed);
    }

    [Fact]
    public void Essential_CrashLoop_StopsTheAgentNotBefore()
    {
        var rig = new Rig(Of("a").Essential());
        for (int i = 0; i < 4; i++)
        {
            rig.Crash("a");
            Assert.Empty(rig.All<Effect.StopAgent>("a"));
            rig.Advance(2);
        }

        rig.Crash("a");

        Assert.Single(rig.All<Effect.StopAgent>("a"));
    }

    [Fact]
    public void Start_ByOperatorInTheCrashLoop_TriesAtOnceAndForgetsTheFailures()
    {
        var rig = new Rig(Of("a"));
        for (int i = 0; i < 5; i++)
        {
            rig.Crash("a");
            rig.Advance(i < 4 ? 2 : 0);
        }

        rig.Is("a", SupervisedState.CrashLoop);
        rig.Machine.Start("a", "operator", rig.Now);

        rig.Is("a", SupervisedState.Starting);
        Assert.Equal((0, 0), (rig["a"].Restarts, rig["a"].Failures));
    }

    [Fact]
    public void Restart_OfANodeThatIsUp_ForgetsTheFailures()
    {
        var rig = new Rig(Of("a"));
        for (int i = 0; i < 4; i++)
        {
            rig.Crash("a");
            rig.Advance(2);
        }

        rig.Up("a");
        rig.Machine.Restart("a", "operator", rig.Now);
        Assert.Equal(0, rig["a"].Failures);
        rig.Exit("a");
        rig.Crash("a"); // the fifth within a minute

        rig.Is("a", SupervisedState.Backoff, "exit 3");
        Assert.Equal((1, rig.Now + TimeSpan.FromSeconds(0.25)), (rig["a"].Failures, rig["a"].Until));
    }

    [Theory]
    [InlineData(3, 3, " (2 times)")]
    [InlineData(2, 3, " (the last of 2 failures)")]
    public void Crash_Twice_IsCountedAsWhatItWas(int first, int second, string counted)
    {
        var rig = new Rig(Of("a"));
        rig.Exit("a", first);
        rig.Advance(1);
        rig.Exit("a", second);

        Assert.Contains($"exit 3{counted}, next try", Why.Brief("a", new Dictionary<string, NodeView> { ["a"] = rig["a"] }, rig.Now), StringComparison.Ordinal);
    }

    [Fact]
    public void History_ManyTransitions_IsBounded()
    {
        var rig = new Rig(Of("a"));
        for (int i = 0; i < 40; i++)
        {
            rig.Crash("a");
            rig.Advance(36);
        }

        Assert.Equal(50, rig["a"].History.Count);
    }
}
