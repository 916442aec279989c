using static LocalCast.Supervision.Tests.MachineManifests;

namespace LocalCast.Supervision.Tests;

public sealed class LivenessTests
{
    private readonly Rig _rig = new(Of("a"));

    public LivenessTests()
    {
        _rig.Up("a");
        _rig.Forget();
    }

    [Fact]
    public void Ready_Answers_IsPingedEachInterval()
    {
        for (int i = 1; i <= 3; i++)
        {
            _rig.Advance(5);
            Assert.Equal(i, _rig.Count<Effect.Ping>("a"));
            _rig.Pong("a");
        }

        _rig.Is("a", SupervisedState.Ready);
    }

    [Fact]
    public void Silent_OnceThenAnswers_IsDegradedThenReady()
    {
        _rig.Advance(10);
        _rig.Is("a", SupervisedState.Degraded, "no pong for 10 s");

        _rig.Pong("a");

        _rig.Is("a", SupervisedState.Ready);
        _rig.Advance(9);
        _rig.Is("a", SupervisedState.Ready);
    }

    [Fact]
    public void Silent_Twice_IsKilledAndStartedAgain()
    {
        _rig.Advance(15);

        _rig.Is("a", SupervisedState.Stopping, "hung: no pong for 15 s");
        Assert.Single(_rig.All<Effect.Kill>("a"));
        _rig.Exit("a", null, 9);
        _rig.Is("a", SupervisedState.Backoff, "hung: no pong for 15 s");
        _rig.Advance(0.25);
        _rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void Silent_WhileTheAgentWasLate_IsNotBlamed()
    {
        _rig.Advance(5);
        _rig.Sleep(3600);

        _rig.Machine.Tick(_rig.Now);

        _rig.Is("a", SupervisedState.Ready);
        _rig.Advance(4.9);
        _rig.Is("a", SupervisedState.Ready);
        _rig.Advance(0.1);
        _rig.Is("a", SupervisedState.Degraded);
    }

    [Fact]
    public void Tick_LateByLessThanAQuarterSecond_Blames()
    {
        _rig.Advance(5);
        _rig.Sleep(5.2);

        _rig.Machine.Tick(_rig.Now);

        _rig.Is("a", SupervisedState.Degraded);
    }

    [Fact]
    public void StartTimeout_WhileTheAgentWasLate_IsNotOver()
    {
        var rig = new Rig(Of("a"));
        rig.Run("a");
        rig.Sleep(3600);

        rig.Machine.Tick(rig.Now);

        rig.Is("a", SupervisedState.Starting);
    }

    [Fact]
    public void Left_WithoutExit_IsDegradedUntilItIsBack()
    {
        _rig.Machine.Left("a", 1, _rig.Now);
        _rig.Is("a", SupervisedState.Degraded, "it lost its connection");
        _rig.Advance(29);

        _rig.Join("a");
        _rig.Pong("a");

        _rig.Is("a", SupervisedState.Ready);
        _rig.Advance(4);
        _rig.Is("a", SupervisedState.Ready);
    }

    [Fact]
    public void Left_NotBackInTime_IsKilledAndStartedAgain()
    {
        _rig.Machine.Left("a", 1, _rig.Now);

        _rig.Advance(30);

        _rig.Is("a", SupervisedState.Stopping, "did not come back within 30 s");
        _rig.Exit("a", null, 9);
        _rig.Is("a", SupervisedState.Backoff);
    }

    [Fact]
    public void Off_Ready_IsNotPinged()
    {
        var rig = new Rig(Of("a") with { Liveness = new LivenessSpec { IsOn = false } });
        rig.Up("a");
        rig.Forget();

        rig.Advance(1000);

        Assert.Empty(rig.Effects);
    }
}
