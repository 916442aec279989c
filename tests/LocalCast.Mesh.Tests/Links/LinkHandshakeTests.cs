using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

public sealed class LinkHandshakeTests
{
    [Fact]
    public void Handshake_TwoGoodAgents_OpensOnBothSides()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));

        Wire wire = new Wire(a, b).Settle();

        Assert.Equal((LinkStage.Open, LinkStage.Open), (wire.Out.Stage, wire.In.Stage));
        Assert.Equal(["b"], a.OpenedPeers);
        Assert.Equal(["a"], b.OpenedPeers);
    }

    [Fact]
    public void Handshake_Acceptor_SaysNothingBeforeTheHello()
    {
        var wire = new Wire(new LinkHost("a"), new LinkHost("b"));

        Assert.False(wire.PassToDialler());
        Assert.True(wire.PassToAcceptor());
        Assert.True(wire.PassToDialler());
    }

    [Fact]
    public void Handshake_FirstFrameIsAnother_IsRefusedAndPenalised()
    {
        var b = new LinkHost("b");
        PeerLink link = b.Open(LinkDirection.Inbound);

        b.Receive(link, new Envelope { Type = MessageType.StateRequest });

        AssertGoodbye(link, LocalCastError.BadRequest);
        Assert.True(b.Ledger.IsBanned(link.Address, b.Time.Wall));
    }

    [Fact]
    public void Handshake_HelloTooLarge_IsRefused()
    {
        var (a, b) = (new LinkHost("a", network: new string('n', 20_000)), new LinkHost("b"));

        AssertRefused(a, b, LocalCastError.TooLarge);
    }

    [Fact]
    public void Handshake_AnotherNetwork_IsRefusedOnBothSides() =>
        AssertRefused(new LinkHost("a", network: "other"), new LinkHost("b"), LocalCastError.NetworkMismatch);

    /// <summary>The sentence is shown at both ends, so it has to be true at both.</summary>
    [Fact]
    public void Handshake_AnotherNetwork_NamesBothWithTheirAgents()
    {
        var (a, b) = (new LinkHost("a", network: "other"), new LinkHost("b"));

        new Wire(a, b).Settle();

        const string Why = "the agent 'b' belongs to the network 'net', the agent 'a' to 'other'";
        Assert.Equal((Why, Why), (Assert.Single(a.Ends).Reason.Message, Assert.Single(b.Ends).Reason.Message));
    }

    [Fact]
    public void Handshake_NetworkOfManyLetters_IsCutInTheReason()
    {
        var (a, b) = (new LinkHost("a", network: new string('n', 10_000)), new LinkHost("b"));

        new Wire(a, b).Settle();

        Assert.InRange(Assert.Single(b.Ends).Reason.Message.Length, 128, 300);
    }

    [Theory]
    [InlineData(9, true)]
    [InlineData(-9, true)]
    [InlineData(11, false)]
    [InlineData(-11, false)]
    [InlineData(3600, false)]
    [InlineData(-3600, false)]
    public void Handshake_ClocksDiffer_UpToTenSecondsAreBorne(int seconds, bool isBorne)
    {
        var (a, b) = (new LinkHost("a") { Skew = TimeSpan.FromSeconds(seconds) }, new LinkHost("b"));

        Wire wire = new Wire(a, b).Settle();

        Assert.Equal(isBorne ? LinkStage.Open : LinkStage.Closed, wire.In.Stage);
        Assert.Equal(isBorne ? [] : [LocalCastError.ClockSkew], a.Ends.Select(end => end.Reason.Code));
    }

    [Fact]
    public void Handshake_HelloWithoutTime_IsClockSkew() => AssertHello("""{"protocol":[1,1],"network":"net","id":"a","boot":"1"}""", LocalCastError.ClockSkew);

    [Theory]
    [InlineData("""{"protocol":[2,3],"network":"net","id":"a","boot":"1"}""", LocalCastError.VersionMismatch)]
    [InlineData("""{"protocol":[2,3],"network":"other","id":"a","boot":"1"}""", LocalCastError.NetworkMismatch)]
    [InlineData("""{"protocol":[2,1],"network":"net","id":"a","boot":"1"}""", LocalCastError.BadRequest)]
    [InlineData("""{"protocol":[1,1],"network":"net","id":"","boot":"1","time":"2026-01-02T03:04:05Z"}""", LocalCastError.BadRequest)]
    [InlineData("""{"protocol":[1,1],"network":"net","id":"a@b","boot":"1","time":"2026-01-02T03:04:05Z"}""", LocalCastError.BadRequest)]
    [InlineData("""{"protocol":[1,1],"network":"net","id":"a","boot":"-1"}""", LocalCastError.BadRequest)]
    [InlineData("""{"protocol":[1,1],"network":"net","boot":"1"}""", LocalCastError.BadRequest)]
    [InlineData("""[]""", LocalCastError.BadRequest)]
    public void Handshake_BadHello_IsRefused(string data, LocalCastError refusal) => AssertHello(data, refusal);

    [Fact]
    public void Handshake_DiallingItself_IsNoticedByTheNonce()
    {
        var a = new LinkHost("a");

        new Wire(a, a).Settle();

        Assert.All(a.Ends, end => Assert.Equal(LocalCastError.SelfConnect, end.Reason.Code));
        Assert.Equal(2, a.Ends.Count);
        Assert.Empty(a.OpenedPeers);
        Assert.Equal(DialOutcome.Self, DialOutcomes.Of(a.Ends[0].Reason.Code));
    }

    [Fact]
    public void Handshake_AnotherAgentWithOurId_IsDuplicate() => AssertRefused(new LinkHost("b", boot: 7), new LinkHost("b"), LocalCastError.DuplicateNode);

    [Fact]
    public void Handshake_ConnectionBelongsToAnother_IsUnauthorized()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));

        Wire wire = new Wire(a, b, expectedId: "c").Settle();

        Assert.Equal(LinkStage.Closed, wire.In.Stage);
        Assert.Equal(LocalCastError.Unauthorized, Assert.Single(a.Ends).Reason.Code);
    }

    [Fact]
    public void Handshake_BannedAgent_IsForbidden()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        b.Ledger.Add("a", 100, b.Time.Wall);

        AssertRefused(a, b, LocalCastError.Forbidden);
    }

    [Fact]
    public void Handshake_InboundFull_IsBusyUntilASlotIsFree()
    {
        var b = new LinkHost("b", options => options.MostInbound = 1);
        var first = new LinkHost("a1");
        Wire wire = new Wire(first, b).Settle();
        AssertRefused(new LinkHost("a2"), b, LocalCastError.Busy);

        first.Keeper.Close(wire.Out, new ErrorInfo(LocalCastError.Cancelled, "going"), first.Time);
        wire.Settle();

        Assert.Equal(LinkStage.Open, new Wire(new LinkHost("a3"), b).Settle().In.Stage);
    }

    [Fact]
    public void Handshake_NoHelloInTime_IsClosed()
    {
        var b = new LinkHost("b");
        PeerLink link = b.Open(LinkDirection.Inbound);

        b.Tick(TimeSpan.FromSeconds(9.9));
        Assert.Equal(LinkStage.Handshake, link.Stage);
        b.Tick(TimeSpan.FromSeconds(0.2));

        AssertGoodbye(link, LocalCastError.Timeout);
    }

    [Fact]
    public void Receive_SecondHello_IsPenalisedAndTheLinkStays()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        Wire wire = new Wire(a, b).Settle();

        for (int i = 0; i < 4; i++)
        {
            b.Receive(wire.In, new Envelope { Type = MessageType.Hello });
        }

        Assert.Equal(LinkStage.Open, wire.In.Stage);
        Assert.False(b.Ledger.IsBanned("a", b.Time.Wall));
        b.Receive(wire.In, new Envelope { Type = MessageType.Hello });
        Assert.True(b.Ledger.IsBanned("a", b.Time.Wall));
    }

    [Fact]
    public void Receive_Goodbye_EndsTheLinkWithItsReason()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        Wire wire = new Wire(a, b).Settle();

        a.Keeper.Close(wire.Out, new ErrorInfo(LocalCastError.Cancelled, "maintenance"), a.Time);
        wire.Settle();

        Assert.Equal("maintenance", Assert.Single(b.Ends).Reason.Message);
        Assert.False(wire.In.TryTake(out _));
    }

    internal static void AssertGoodbye(PeerLink link, LocalCastError reason)
    {
        Assert.Equal(LinkStage.Closed, link.Stage);
        Envelope? last = null;
        while (link.TryTake(out Envelope? next))
        {
            last = next;
        }

        Assert.Equal((MessageType.Goodbye, reason), (last!.Type, last.Error!.Code));
        Assert.NotEmpty(last.Error.Message);
    }

    private static void AssertHello(string data, LocalCastError refusal)
    {
        var b = new LinkHost("b");
        PeerLink link = b.Open(LinkDirection.Inbound);

        b.Receive(link, new Envelope { Type = MessageType.Hello, PayloadKind = PayloadKind.Json, Payload = Encoding.UTF8.GetBytes(data) });

        AssertGoodbye(link, refusal);
    }

    private static void AssertRefused(LinkHost dialler, LinkHost acceptor, LocalCastError reason)
    {
        int before = acceptor.OpenedPeers.Count;

        new Wire(dialler, acceptor).Settle();

        Assert.Equal(reason, Assert.Single(dialler.Ends).Reason.Code);
        Assert.Equal(reason, acceptor.Ends[^1].Reason.Code);
        Assert.Equal(before, acceptor.OpenedPeers.Count);
        Assert.Empty(dialler.OpenedPeers);
    }
}
