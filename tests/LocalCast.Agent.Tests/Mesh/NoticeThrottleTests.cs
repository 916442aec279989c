using LocalCast.Agent.Mesh;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

public sealed class NoticeThrottleTests
{
    [Fact]
    public void Notices_OfAKindFromOnePeer_AreAFewLinesPerMoment()
    {
        var time = new FakeTimeProvider();
        var throttle = new NoticeThrottle(time);

        Assert.Equal(5, Enumerable.Range(0, 1000).Count(_ => throttle.IsWorthALine("seen_twice", "a")));
        Assert.True(throttle.IsWorthALine("seen_twice", "b"));
        Assert.True(throttle.IsWorthALine("late_answer", "a"));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(throttle.IsWorthALine("seen_twice", "a"));
    }
}
