using LocalCast.Agent.Mesh;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

public sealed class MeshPingsTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Find_WithinTheTime_KnowsWhoAsked()
    {
        var pings = new MeshPings(_time);
        long own = pings.EnterOwn("asker", "7");
        string other = pings.Enter("cli@far", "x-1");
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(pings.TryFindOwn(own, out (string Asker, string Id) here));
        Assert.True(pings.TryFind(other, out MeshPings.Asked there));
        Assert.Equal((("asker", "7"), new MeshPings.Asked("cli@far", "x-1", IsForOne: false)), (here, there));
        Assert.False(pings.TryFindOwn(own + 1, out _));
        Assert.False(pings.TryFind("p999", out _));
    }

    [Fact]
    public void Numbers_AreAboveThoseOfCalls()
    {
        Assert.True(new MeshPings(_time).EnterOwn("asker", "1") > uint.MaxValue);
    }

    [Fact]
    public void Enter_LongAfter_ForgetsTheOld()
    {
        var pings = new MeshPings(_time);
        long own = pings.EnterOwn("asker", "7");
        string other = pings.Enter("cli@far", "1");
        _time.Advance(TimeSpan.FromSeconds(6));

        string young = pings.Enter("cli@far", "2");

        Assert.False(pings.TryFindOwn(own, out _));
        Assert.False(pings.TryFind(other, out _));
        Assert.True(pings.TryFind(young, out _));
    }

    [Fact]
    public void Enter_TooMany_ForgetsTheOldest()
    {
        var pings = new MeshPings(_time);
        string[] names = [.. Enumerable.Range(0, 5000).Select(i => pings.Enter("cli@far", $"{i}"))];

        Assert.Equal(2048, names.Count(name => pings.TryFind(name, out _)));
        Assert.False(pings.TryFind(names[0], out _));
        Assert.True(pings.TryFind(names[^1], out MeshPings.Asked last));
        Assert.Equal("4999", last.Id);
    }
}
