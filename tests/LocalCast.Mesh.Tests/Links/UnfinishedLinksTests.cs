using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

/// <summary>Who dials and then says nothing keeps himself out, and nobody else.</summary>
public sealed class UnfinishedLinksTests
{
    private readonly LinkHost _b = new("b", options => (options.MostUnfinished, options.MostUnfinishedEach) = (10, 4));

    [Fact]
    public void Add_MoreSilentOnesThanOneAddressMayHave_RefusesTheNextWithItsReason()
    {
        Wire open = new Wire(new LinkHost("a"), _b).Settle();
        PeerLink[] links = [.. Enumerable.Range(1, 5).Select(port => DialFrom($"10.0.0.1:{port}"))];

        Assert.All(links[..4], link => Assert.Equal(LinkStage.Handshake, link.Stage));
        ErrorInfo why = GoodbyeOf(links[4]);
        Assert.Equal((LocalCastError.Busy, "too many unfinished handshakes from 10.0.0.1"), (why.Code, why.Message));
        Assert.Equal(LinkStage.Open, open.In.Stage);
        Assert.Equal(1, _b.Output.Events.All["link_refused"]);
    }

    [Fact]
    public void Add_SilentOnesHadTheirMoment_TheOldestMakesRoomAndIsTold()
    {
        PeerLink[] links = [.. Enumerable.Range(1, 4).Select(port => DialFrom($"10.0.0.1:{port}"))];
        _b.Tick(TimeSpan.FromSeconds(1));

        PeerLink next = DialFrom("10.0.0.1:5");

        Assert.Equal(LinkStage.Handshake, next.Stage);
        ErrorInfo why = GoodbyeOf(links[0]);
        Assert.Equal(LocalCastError.Busy, why.Code);
        Assert.NotNull(why.RetryAfter);
        Assert.Equal(1, _b.Output.Events.All["newcomer_evicted"]);
        Assert.Equal(4, _b.Links.Unfinished);
    }

    [Fact]
    public void Add_AllPlacesTakenBySilentOnes_AnotherAddressGetsItsLinkAtOnce()
    {
        for (int port = 1; port <= 12; port++)
        {
            DialFrom($"10.0.0.{port % 3}:{port}");
        }

        Assert.Equal(10, _b.Links.Unfinished);
        Wire honest = new Wire(new LinkHost("a"), _b).Settle();

        Assert.Equal(LinkStage.Open, honest.In.Stage);
        Assert.Equal(9, _b.Links.Unfinished);
    }

    [Fact]
    public void Add_LinksThatThisAgentDialled_TakeNobodysPlace()
    {
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(LinkStage.Handshake, _b.Open(LinkDirection.Outbound).Stage);
        }

        Assert.Equal(0, _b.Links.Unfinished);
        Assert.Equal(LinkStage.Handshake, DialFrom("10.0.0.1:1").Stage);
    }

    [Fact]
    public void Unfinished_AllHaveOpenedOrEnded_IsZero()
    {
        foreach (int port in Enumerable.Range(1, 3))
        {
            DialFrom($"10.0.0.1:{port}");
        }

        PeerLink gone = DialFrom("10.0.0.2:1");
        _b.Keeper.Forget(gone, new ErrorInfo(LocalCastError.Disconnected, "it went"), _b.Time);
        new Wire(new LinkHost("a"), _b).Settle();
        Assert.Equal(3, _b.Links.Unfinished);

        _b.Tick(TimeSpan.FromSeconds(10.1));

        Assert.Equal(0, _b.Links.Unfinished);
    }

    private static ErrorInfo GoodbyeOf(PeerLink link)
    {
        Assert.Equal(LinkStage.Closed, link.Stage);
        Assert.True(link.TryTake(out Envelope? goodbye));
        Assert.Equal(MessageType.Goodbye, goodbye.Type);
        return goodbye.Error!;
    }

    private PeerLink DialFrom(string address) => _b.Open(LinkDirection.Inbound, address: address);
}
