namespace LocalCast.Mesh.Tests.Routing;

public sealed class SeenMessagesTests
{
    [Fact]
    public void TryAdd_Again_IsSeenForTwoMinutesAtLeast()
    {
        var seen = new SeenMessages(TimeSpan.FromMinutes(2), 1000);

        Assert.True(seen.TryAdd("a", "1", TimeSpan.FromSeconds(119)));
        Assert.False(seen.TryAdd("a", "1", TimeSpan.FromSeconds(120)));
        Assert.False(seen.TryAdd("a", "1", TimeSpan.FromSeconds(238)));
        Assert.True(seen.TryAdd("b", "1", TimeSpan.FromSeconds(238)));
        Assert.True(seen.TryAdd("a", "2", TimeSpan.FromSeconds(238)));
        Assert.True(seen.TryAdd("a", "1", TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public void TryAdd_Flood_KeepsTheNewest()
    {
        var seen = new SeenMessages(TimeSpan.FromMinutes(2), 1000);
        for (int i = 0; i < 100_000; i++)
        {
            Assert.True(seen.TryAdd("a", $"{i}", TimeSpan.Zero));
        }

        Assert.All(Enumerable.Range(99_600, 400), i => Assert.False(seen.TryAdd("a", $"{i}", TimeSpan.Zero)));
    }
}
