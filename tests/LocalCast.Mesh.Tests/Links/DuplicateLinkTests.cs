using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

public sealed class DuplicateLinkTests
{
    /// <summary>Every order in which the four frames of two handshakes can arrive.</summary>
    [Theory]
    [InlineData("ABab")]
    [InlineData("AaBb")]
    [InlineData("BbAa")]
    [InlineData("BAba")]
    [InlineData("ABba")]
    [InlineData("BAab")]
    public void SimultaneousDialling_AnyOrder_KeepsTheLinkOfTheSmallerId(string order)
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        var ofA = new Wire(a, b);
        var ofB = new Wire(b, a);

        foreach (char step in order)
        {
            _ = step switch
            {
                'A' => ofA.PassToAcceptor(),
                'a' => ofA.PassToDialler(),
                'B' => ofB.PassToAcceptor(),
                _ => ofB.PassToDialler(),
            };
        }

        ofA.Settle();
        ofB.Settle();

        Assert.Equal((LinkStage.Open, LinkStage.Open), (ofA.Out.Stage, ofA.In.Stage));
        Assert.Equal((LinkStage.Closed, LinkStage.Closed), (ofB.Out.Stage, ofB.In.Stage));
    }

    [Fact]
    public void SecondLink_HolderLives_IsRefused()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        Wire first = new Wire(a, b).Settle();
        b.Tick(TimeSpan.FromSeconds(1));

        Wire second = new Wire(a, b).Settle();
        Assert.Equal(LinkStage.Probing, second.In.Stage);
        b.Now += TimeSpan.FromMilliseconds(50);
        first.Settle();
        b.Tick(TimeSpan.FromMilliseconds(50));
        second.Settle();

        Assert.Equal(LinkStage.Open, first.In.Stage);
        Assert.Equal(LocalCastError.DuplicateNode, Assert.Single(a.Ends).Reason.Code);
        Assert.Equal(("a", "DuplicateNode: a living agent holds the id"), Assert.Single(Refusals(b)));
        Assert.Equal((second.Out.Address, "DuplicateNode: a living agent holds the id, says the agent there"), Assert.Single(Refusals(a)));
    }

    private static List<(string?, string?)> Refusals(LinkHost host)
    {
        List<(string?, string?)> refusals = [];
        while (host.Output.TryTakeEffect(out MeshEffect? effect))
        {
            if (effect is MeshNotice { Name: "link_refused" } notice)
            {
                refusals.Add((notice.Peer, notice.Reason));
            }
        }

        return refusals;
    }

    [Fact]
    public void SecondLink_HolderIsDead_TakesItsPlaceAfterTwoSeconds()
    {
        var (a, b) = (new LinkHost("a"), new LinkHost("b"));
        Wire first = new Wire(a, b).Settle();

        Wire second = new Wire(new LinkHost("a", boot: 2), b).Settle();
        b.Tick(TimeSpan.FromSeconds(1.9));
        Assert.Equal(LinkStage.Probing, second.In.Stage);
        b.Tick(TimeSpan.FromSeconds(0.2));

        Assert.Equal((LinkStage.Closed, LinkStage.Open), (first.In.Stage, second.In.Stage));
    }
}
