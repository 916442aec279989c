namespace LocalCast.Protocol.Tests;

public sealed class KeepAliveTests
{
    private readonly KeepAlive _keepAlive = new(idle: TimeSpan.FromSeconds(60), answerWithin: TimeSpan.FromSeconds(20));

    [Fact]
    public void Tick_Silence_AsksOnceAndClosesWhenNothingComes()
    {
        _keepAlive.Received(At(100));

        Assert.Equal(KeepAliveAction.None, _keepAlive.Tick(At(159)));
        Assert.Equal(KeepAliveAction.SendPing, _keepAlive.Tick(At(160)));
        Assert.Equal(KeepAliveAction.None, _keepAlive.Tick(At(179)));
        Assert.Equal(KeepAliveAction.Close, _keepAlive.Tick(At(180)));
    }

    [Fact]
    public void Tick_AnythingReceivedAfterThePing_StartsOver()
    {
        _keepAlive.Received(At(100));
        _keepAlive.Tick(At(160));

        _keepAlive.Received(At(179));

        Assert.Equal(KeepAliveAction.None, _keepAlive.Tick(At(238)));
        Assert.Equal(KeepAliveAction.SendPing, _keepAlive.Tick(At(239)));
    }

    [Fact]
    public void Tick_TrafficAllTheTime_NeverAsks()
    {
        for (int second = 0; second < 1000; second += 59)
        {
            _keepAlive.Received(At(second));
            Assert.Equal(KeepAliveAction.None, _keepAlive.Tick(At(second + 59)));
        }
    }

    [Fact]
    public void Tick_TimeJumpsWhileIdle_AsksBeforeItCloses()
    {
        _keepAlive.Received(At(100));

        Assert.Equal(KeepAliveAction.SendPing, _keepAlive.Tick(At(10_000)));
        Assert.Equal(KeepAliveAction.None, _keepAlive.Tick(At(10_019)));
        Assert.Equal(KeepAliveAction.Close, _keepAlive.Tick(At(10_020)));
    }

    [Fact]
    public void Tick_TheAskerItselfIsLate_GivesTheTimeBack()
    {
        _keepAlive.Received(At(100));
        _keepAlive.Tick(At(160));

        Assert.Equal(KeepAliveAction.None, _keepAlive.Tick(At(500), lateBy: At(330)));
        Assert.Equal(KeepAliveAction.None, _keepAlive.Tick(At(509)));
        Assert.Equal(KeepAliveAction.Close, _keepAlive.Tick(At(510)));
    }

    [Fact]
    public void NextDue_IsWhenTickHasSomethingToDo()
    {
        _keepAlive.Received(At(100));
        Assert.Equal(At(160), _keepAlive.NextDue);

        Assert.Equal(KeepAliveAction.SendPing, _keepAlive.Tick(_keepAlive.NextDue));
        Assert.Equal(At(180), _keepAlive.NextDue);

        Assert.Equal(KeepAliveAction.Close, _keepAlive.Tick(_keepAlive.NextDue));
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);
}
