using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Peers;

public sealed class EventCountsTests
{
    private readonly MeshPair _mesh = new(options => options.NeighbourMessagesPerSecond = 10);

    [Fact]
    public void Add_CountsInAllAndByPeer()
    {
        var counts = new EventCounts();
        counts.Add("slip", "a");
        counts.Add("slip", "b");
        counts.Add("slip", "a");
        counts.Add("noise", peer: null);

        Assert.Equal([KeyValuePair.Create("noise", 1L), KeyValuePair.Create("slip", 3L)], counts.All);
        Assert.Equal([KeyValuePair.Create("slip", 2L)], counts.Of("a"));
        Assert.Empty(counts.Of("c"));
    }

    [Fact]
    public void Add_MoreNamesThanAreKept_ForgetsWhoWasHeardOfLongestAgo_AndNotTheSum()
    {
        var counts = new EventCounts(mostPeers: 3);
        for (int i = 0; i < 1000; i++)
        {
            counts.Add("slip", "steady");
            counts.Add("slip", $"invented{i}");
        }

        Assert.Equal(2000, counts.All["slip"]);
        Assert.Equal(1000, counts.Of("steady")["slip"]);
        Assert.Equal(1, counts.Of("invented999")["slip"]);
        Assert.Empty(counts.Of("invented0"));
    }

    [Fact]
    public void Misbehaviour_IsCountedWithItsPoints_ForPeersAndWhy()
    {
        _mesh.Join("a");
        _mesh.Join("b");
        for (int i = 0; i < 2; i++)
        {
            _mesh.Say("a", new Envelope { Type = MessageType.AddrList, PayloadKind = PayloadKind.Json, Payload = "{}"u8.ToArray() });
        }

        PeerInfo[] peers = [.. _mesh.Machine.Peers(_mesh.Time)];
        Assert.Equal((40, 2L), (peers[0].Points, peers[0].Counts["misbehaviour"]));
        Assert.Equal((0, false), (peers[1].Points, peers[1].Counts.ContainsKey("misbehaviour")));
        Assert.Equal(2, _mesh.Machine.WhyPeer("a", _mesh.Time).Counts["misbehaviour"]);
        Assert.Equal((2L, 2L), (_mesh.Machine.Events["misbehaviour"], _mesh.Machine.Events["link_open"]));
    }

    [Fact]
    public void RateLimited_EachMessageIsCounted_AlsoWhereItIsNotTold()
    {
        _mesh.Join("a");
        for (int i = 0; i < 100; i++)
        {
            _mesh.Say("a", new Envelope { Type = MessageType.Call, Id = $"c{i}", From = "x@a", To = "y@me", Ttl = 10, Route = ["a"] });
        }

        Assert.Equal(90, _mesh.Machine.Events["rate_limited"]);
        Assert.Single(_mesh.Of<MeshNotice>(), notice => notice.Name == "rate_limited");
    }

    [Fact]
    public void OldDocument_IsCounted()
    {
        _mesh.Join("a");
        _mesh.SayDocument("a", new AgentDocument { Id = "a", Boot = 1, Seq = 1 });

        Assert.Equal(1, _mesh.Machine.WhyPeer("a", _mesh.Time).Counts["old_state"]);
    }

    [Fact]
    public void ConnectionThatNeverIntroducesItself_IsCounted()
    {
        _mesh.Act(machine => machine.LinkOpened(77, LinkDirection.Inbound, "10.0.0.9:1234", "shy", _mesh.Time));
        _mesh.Act(machine => machine.LinkClosed(77, new ErrorInfo(LocalCastError.BadRequest, "no UTF-8"), _mesh.Time));

        Assert.Equal(1, _mesh.Machine.WhyPeer("shy", _mesh.Time).Counts["link_unfinished"]);
    }

    [Fact]
    public void RefusedByTheOther_IsCountedByWhoDialled()
    {
        _mesh.Act(machine => machine.LinkOpened(77, LinkDirection.Outbound, "ws://b:1", null, _mesh.Time));
        _mesh.Act(machine => machine.Received(77, MeshMessage.Goodbye(new ErrorInfo(LocalCastError.Busy, "too many")), 50, _mesh.Time));

        Assert.Equal(1, _mesh.Machine.WhyPeer("ws://b:1", _mesh.Time).Counts["link_refused_there"]);
        Assert.False(_mesh.Machine.Events.ContainsKey("link_unfinished"));
    }
}
