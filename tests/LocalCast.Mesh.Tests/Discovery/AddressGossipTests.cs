using LocalCast.Mesh.Tests.Links;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Discovery;

public sealed class AddressGossipTests
{
    private readonly LinkHost _host = new("me");
    private readonly AddressBook _book = new(new Random(1));
    private readonly AddressGossip _gossip;

    public AddressGossipTests() => _gossip = new AddressGossip(_host.Self, _host.Options, _host.Links, _book, _host.Ledger, _host.Output, new Random(1));

    [Fact]
    public void AddrRequest_FromWhoDialled_IsAnsweredOnce()
    {
        PeerLink link = Link("a", LinkDirection.Inbound);
        _book.AddLearnt("ws://8.8.8.8:1", "x");
        _book.AddLearnt("ws://10.0.0.1:1", "x");

        _gossip.Receive(link, new Envelope { Type = MessageType.AddrRequest }, _host.Time);
        _gossip.Receive(link, new Envelope { Type = MessageType.AddrRequest }, _host.Time);

        Assert.Equal(["ws://8.8.8.8:1"], Read(Assert.Single(TakeAll(link))));
    }

    [Fact]
    public void AddrRequest_FromWhomWeDialled_IsIgnored()
    {
        PeerLink link = Link("a", LinkDirection.Outbound);
        TakeAll(link);

        _gossip.Receive(link, new Envelope { Type = MessageType.AddrRequest }, _host.Time);

        Assert.Empty(TakeAll(link));
    }

    [Fact]
    public void AddrList_Unsolicited_IsPenalisedAndIgnored()
    {
        PeerLink link = Link("a", LinkDirection.Inbound);

        _gossip.Receive(link, List("ws://8.8.8.8:1"), _host.Time);

        Assert.Empty(_book.Entries);
        Assert.Equal(20, Assert.Single(_host.Ledger.Content.Entries).Score);
    }

    [Fact]
    public void AddrList_Second_IsPenalised()
    {
        PeerLink link = Link("a", LinkDirection.Outbound);

        _gossip.Receive(link, List("ws://8.8.8.8:1"), _host.Time);
        Assert.Empty(_host.Ledger.Content.Entries);
        _gossip.Receive(link, List("ws://8.8.4.4:1"), _host.Time);

        Assert.Single(_book.Entries);
        Assert.Single(_host.Ledger.Content.Entries);
    }

    [Fact]
    public void AddrList_TenThousand_IsABan()
    {
        PeerLink link = Link("a", LinkDirection.Outbound);

        _gossip.Receive(link, List([.. Enumerable.Range(0, 10_000).Select(i => $"ws://8.8.{i / 256}.{i % 256}:1")]), _host.Time);

        Assert.Empty(_book.Entries);
        Assert.True(_host.Ledger.IsBanned("a", _host.Time.Wall));
    }

    [Fact]
    public void AddrAnnounce_IsPassedToTwoOthersOnce()
    {
        PeerLink from = Link("from", LinkDirection.Inbound);
        PeerLink[] others = [.. Enumerable.Range(0, 5).Select(i => Link($"o{i}", LinkDirection.Inbound))];

        _gossip.Receive(from, Announce("ws://8.8.8.8:1"), _host.Time);

        Assert.Equal(2, others.Sum(other => TakeAll(other).Count));
        Assert.Empty(TakeAll(from));
        _gossip.Receive(from, Announce("ws://8.8.8.8:1"), _host.Time);
        _gossip.Receive(from, Announce("ws://8.8.8.8:1"), _host.Time);
        _gossip.Receive(from, Announce("ws://8.8.8.8:1"), _host.Time);
        Assert.Equal(3, others.Sum(other => TakeAll(other).Count)); // each of the five hears it once
    }

    [Fact]
    public void AddrAnnounce_Flood_IsIgnoredBeyondTheRate()
    {
        PeerLink link = Link("a", LinkDirection.Inbound);
        for (int i = 0; i < 100; i++)
        {
            _gossip.Receive(link, Announce($"ws://8.8.8.{i}:1"), _host.Time);
        }

        Assert.Equal(10, _book.Entries.Count);
        _host.Now = TimeSpan.FromSeconds(20);
        _gossip.Receive(link, Announce("ws://8.8.9.1:1"), _host.Time);
        _gossip.Receive(link, Announce("ws://8.8.9.2:1"), _host.Time);
        _gossip.Receive(link, Announce("ws://8.8.9.3:1"), _host.Time);
        Assert.Equal(12, _book.Entries.Count);
    }

    [Fact]
    public void AddrAnnounce_PrivateAddress_IsNeitherLearntNorPassedOn()
    {
        PeerLink link = Link("a", LinkDirection.Inbound);
        PeerLink other = Link("b", LinkDirection.Inbound);

        _gossip.Receive(link, Announce("ws://192.168.1.1:1"), _host.Time);

        Assert.Empty(_book.Entries);
        Assert.Empty(TakeAll(other));
    }

    private static Envelope List(params string[] addresses) => MeshMessage.Of(MessageType.AddrList, new AddressList { Addresses = addresses }, MeshJson.Default.AddressList);

    private static Envelope Announce(string address) => MeshMessage.Of(MessageType.AddrAnnounce, new AddressList { Addresses = [address] }, MeshJson.Default.AddressList);

    private static IReadOnlyList<string> Read(Envelope message)
    {
        Assert.True(MeshMessage.TryRead(message, MeshJson.Default.AddressList, out AddressList? list, out _));
        return list.Addresses;
    }

    private static List<Envelope> TakeAll(PeerLink link)
    {
        List<Envelope> all = [];
        while (link.TryTake(out Envelope? message))
        {
            all.Add(message);
        }

        return all;
    }

    private PeerLink Link(string id, LinkDirection direction)
    {
        var peer = new LinkHost(id);
        Wire wire = direction == LinkDirection.Inbound ? new Wire(peer, _host) : new Wire(_host, peer);
        wire.Settle();
        PeerLink link = direction == LinkDirection.Inbound ? wire.In : wire.Out;
        _gossip.Opened(link);
        return link;
    }
}
