using LocalCast.Mesh.Tests.Links;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.State;

public sealed class OwnDocumentTests
{
    private readonly OwnDocument _own = new(new MeshSelf { Id = "me", Name = "me", Network = "net", Boot = 7, Groups = ["red"] });

    [Fact]
    public void TryWrite_NothingChanged_WritesNothing() => Assert.False(_own.TryWrite([], TimeSpan.Zero));

    [Fact]
    public void TryWrite_ManyChanges_AreToldTogether()
    {
        _own.SetNodes([new NodeDescription { Name = "a" }]);
        Assert.True(_own.TryWrite([], TimeSpan.Zero));
        _own.SetNodes([new NodeDescription { Name = "b" }]);
        Assert.False(_own.TryWrite([], TimeSpan.FromMilliseconds(199)));
        _own.SetNodes([new NodeDescription { Name = "c", UptimeMs = 5 }]);
        Assert.True(_own.TryWrite([], TimeSpan.FromMilliseconds(200)));

        Assert.Equal((7ul, 3ul), (_own.Current.Boot, _own.Current.Seq));
        Assert.Equal(new NodeDescription { Name = "c" }, Assert.Single(_own.Current.Nodes));
        Assert.Equal(["red"], _own.Current.Groups);
    }

    [Theory]
    [InlineData(3, 200)]
    [InlineData(100, 200)]
    [InlineData(500, 1000)]
    [InlineData(4000, 2000)]
    public void TryWrite_MuchInIt_FollowsAfterALongerPause(int nodes, int pauseMs)
    {
        NodeDescription[] many = [.. Enumerable.Range(0, nodes).Select(i => new NodeDescription { Name = $"n{i}" })];
        _own.SetNodes(many);
        Assert.True(_own.TryWrite([], TimeSpan.Zero));

        _own.SetNodes(many);

        Assert.Equal(TimeSpan.FromMilliseconds(pauseMs), _own.Due);
        Assert.False(_own.TryWrite([], _own.Due - TimeSpan.FromTicks(1)));
        Assert.True(_own.TryWrite([], _own.Due));
        Assert.Equal(TimeSpan.MaxValue, _own.Due);
    }

    [Fact]
    public void TryWrite_MuchInIt_LinksAreLessUrgentThanNodes()
    {
        NodeDescription[] many = [.. Enumerable.Range(0, 500).Select(i => new NodeDescription { Name = $"n{i}" })];
        _own.SetNodes(many);
        _own.TryWrite([], TimeSpan.Zero);

        _own.Touch();
        Assert.Equal(TimeSpan.FromSeconds(2.5), _own.Due);
        _own.SetNodes(many);
        Assert.Equal(TimeSpan.FromSeconds(1), _own.Due);
        _own.Touch();
        Assert.Equal(TimeSpan.FromSeconds(1), _own.Due);
    }

    [Fact]
    public void Measured_OnlyTheDistanceIsNew_IsLessUrgentThanANewLink()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        Wire wire = new Wire(a, b).Settle();
        _own.Measured(wire.Out);
        Assert.Equal(TimeSpan.Zero, _own.Due);
        Assert.True(_own.TryWrite([wire.Out], TimeSpan.Zero));

        _own.Measured(wire.Out);
        Assert.Equal(TimeSpan.MaxValue, _own.Due); // it is as near as it was
        Measure(wire.Out, 1, 500);
        _own.Measured(wire.Out);
        Assert.Equal(TimeSpan.FromSeconds(1), _own.Due);
        _own.Touch();
        Assert.Equal(OwnDocument.LeastPause, _own.Due);
    }

    [Fact]
    public void Differs_SmallChangeOfTheRoundTrip_IsNotTold()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        var wire = new Wire(a, b);
        wire.PassToAcceptor();
        a.Now += TimeSpan.FromMilliseconds(40);
        wire.PassToDialler();
        Assert.True(_own.Differs(wire.Out));
        _own.Touch();
        _own.TryWrite([wire.Out], TimeSpan.Zero);
        Assert.False(_own.Differs(wire.Out));
        Assert.Equal(40_000, Assert.Single(_own.Current.Neighbours).Cost);

        Measure(wire.Out, 1, 45); // takes the place of the handshake's
        Assert.False(_own.Differs(wire.Out));
        Measure(wire.Out, 2, 60);
        Assert.False(_own.Differs(wire.Out)); // smoothed: 48.75 ms
        Measure(wire.Out, 3, 140);
        Assert.True(_own.Differs(wire.Out));
    }

    [Theory]
    [InlineData(8, 1, 8, 2)]
    [InlineData(7, 9, 7, 10)]
    [InlineData(6, 99, 7, 2)]
    public void RiseAbove_AnotherVersion_IsAboveBoth(ulong boot, ulong seq, ulong nextBoot, ulong nextSeq)
    {
        _own.RiseAbove(new DocumentVersion(boot, seq));
        _own.Touch();
        _own.TryWrite([], TimeSpan.Zero);

        Assert.Equal((nextBoot, nextSeq), (_own.Current.Boot, _own.Current.Seq));
    }

    /// <summary>A lie that leaves no room to count is outbid all the same.</summary>
    [Fact]
    public void RiseAbove_TheLargestNumber_IsAboveIt()
    {
        _own.RiseAbove(new DocumentVersion(9, ulong.MaxValue), by: 20);
        _own.TryWrite([], TimeSpan.Zero);

        Assert.True(_own.Current.Version > new DocumentVersion(9, ulong.MaxValue));
    }

    [Fact]
    public void TryWrite_WhileHeld_WritesNothingUntilItIsNot()
    {
        _own.IsHeld = true;
        _own.SetNodes([new NodeDescription { Name = "a" }]);
        Assert.Equal((TimeSpan.MaxValue, false), (_own.Due, _own.TryWrite([], TimeSpan.FromMinutes(1))));

        _own.IsHeld = false;
        Assert.True(_own.TryWrite([], TimeSpan.FromMinutes(1)));
        Assert.Equal("a", Assert.Single(_own.Current.Nodes).Name);
    }

    [Fact]
    public void Leave_IsTheLastWord()
    {
        _own.SetNodes([new NodeDescription { Name = "a" }]);
        Assert.Equal((true, 0), (_own.Leave().Left, _own.Current.Nodes.Count));
        Assert.False(_own.TryWrite([], TimeSpan.FromSeconds(1)));
    }

    private static void Measure(PeerLink link, ulong nonce, int milliseconds)
    {
        link.Trip.Sent(nonce, TimeSpan.Zero);
        Assert.True(link.Trip.TryAnswer(nonce, TimeSpan.FromMilliseconds(milliseconds)));
    }
}
