namespace LocalCast.Protocol.Tests;

public sealed class FrameRateTests
{
    private static readonly TimeSpan _start = TimeSpan.FromHours(3);

    [Fact]
    public void Take_WithinTheRate_NeverWaits()
    {
        var rate = new FrameRate(100);
        for (int second = 0; second < 10; second++)
        {
            Assert.Equal(TimeSpan.Zero, rate.Take(100, _start + TimeSpan.FromSeconds(second)));
        }
    }

    [Fact]
    public void Take_OneSecondTooMuch_WaitsOneSecond()
    {
        var rate = new FrameRate(100);

        Assert.Equal(TimeSpan.FromSeconds(1), rate.Take(200, _start));
        Assert.Equal(TimeSpan.FromSeconds(0.01), rate.Take(1, _start + TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Take_AfterALongSilence_HasOneSecondSavedAndNoMore()
    {
        var rate = new FrameRate(100);
        rate.Take(1, _start);

        Assert.Equal(TimeSpan.FromSeconds(0.5), rate.Take(150, _start + TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Take_FloodThatObeys_KeepsTheRateInTheLongRun()
    {
        var rate = new FrameRate(100);
        TimeSpan now = _start;
        for (int i = 0; i < 1000; i++)
        {
            now += rate.Take(7, now);
        }

        Assert.InRange((now - _start).TotalSeconds, 68.9, 70);
    }

    [Fact]
    public void Take_RateZero_IsUnlimited() => Assert.Equal(TimeSpan.Zero, new FrameRate(0).Take(int.MaxValue, _start));
}
