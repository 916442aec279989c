using LocalCast.Mesh.Tests.Links;

namespace LocalCast.Mesh.Tests.Routing;

public sealed class MeshGraphTests
{
    private readonly MeshGraph _graph = new();
    private readonly LinkHost _me = new("me");

    [Fact]
    public void Compute_TwoWays_TakesTheFasterOne()
    {
        Compute("b", "c", new() { ["b"] = [("me", 10_000), ("d", 50_000)], ["c"] = [("me", 10_000), ("d", 20_000)], ["d"] = [("b", 50_000), ("c", 20_000)] });

        Assert.Equal("c", _graph.Paths["d"].NextHop);
        Assert.Equal(2, _graph.Paths["d"].Hops);
    }

    [Fact]
    public void Compute_LinkThatOnlyOneEndClaims_DoesNotCount()
    {
        Compute("b", null, new() { ["b"] = [("me", 1), ("d", 1)], ["d"] = [("x", 1)] });

        Assert.True(_graph.TryFind("b", out _));
        Assert.False(_graph.TryFind("d", out _));
        Assert.False(_graph.TryFind("x", out _));
    }

    [Fact]
    public void Compute_EndsDisagreeAboutTheCost_TheDearerOneCounts()
    {
        // b says that it is near d; d knows better.
        Compute("b", "c", new() { ["b"] = [("me", 1000), ("d", 1)], ["c"] = [("me", 1000), ("d", 5000)], ["d"] = [("b", 90_000), ("c", 5000)] });

        Assert.Equal("c", _graph.Paths["d"].NextHop);
    }

    [Fact]
    public void Compute_AgentThatLeft_LeadsNowhere()
    {
        AgentDocument left = Document("b", [("me", 1), ("d", 1)]) with { Left = true };
        _graph.Compute(Document("me", [("b", 1)]), [], [left, Document("d", [("b", 1)])]);

        Assert.Empty(_graph.Paths);
    }

    [Fact]
    public void Compute_OpenLinkToAnAgentWithoutDocument_IsAPath()
    {
        Compute("b", null, []);

        Assert.Equal(("b", 1), (_graph.Paths["b"].NextHop, _graph.Paths["b"].Hops));
    }

    /// <summary>b's neighbour d came back: until its document of this life is there, nobody knows what it has links to.</summary>
    [Theory]
    [InlineData(1ul, 1ul, true)]
    [InlineData(2ul, 1ul, false)]
    [InlineData(null, 1ul, true)] // older software does not say it
    [InlineData(2ul, null, true)]
    public void Compute_NeighbourMeansAnotherLife_DoesNotCount(ulong? meant, ulong? born, bool isWay)
    {
        Wire(new LinkHost("b"));
        AgentDocument b = Document("b", [("me", 1), ("d", 1)]);
        b = b with { Neighbours = [b.Neighbours[0], b.Neighbours[1] with { Born = meant }] };
        AgentDocument d = Document("d", [("b", 1), ("e", 1)]) with { Born = born };

        Compute(b, d, Document("e", [("d", 1)]));

        Assert.Equal(isWay, _graph.TryFind("d", out _));
        Assert.Equal(isWay, _graph.TryFind("e", out _));
    }

    [Theory]
    [InlineData(1ul, true)]
    [InlineData(2ul, false)]
    public void Compute_OwnNeighboursDocumentIsOfAnotherLife_ItIsReachedAndNothingThroughIt(ulong born, bool isKnown)
    {
        Wire(new LinkHost("b", born: born));

        Compute(Document("b", [("me", 1), ("d", 1)]) with { Born = 1 }, Document("d", [("b", 1)]));

        Assert.True(_graph.TryFind("b", out _));
        Assert.Equal((isKnown, isKnown), (_graph.Knows("b"), _graph.Knows("d")));
        Assert.True(_graph.LeadsTo("b") && _graph.LeadsTo("d")); // others are told of both all the same: who bears the id hears of it
        Assert.False(_graph.Knows("never-heard-of") || _graph.LeadsTo("never-heard-of") || _graph.LeadsTo("me"));
    }

    /// <summary>b is back and linked to this agent; d still has its link to b's former life and is nearer.</summary>
    [Fact]
    public void Compute_OutdatedNeighbour_IsReachedByItsOwnLink_NotByThoseWhoMeanItsFormerLife()
    {
        Wire(new LinkHost("b", born: 2));
        Wire(new LinkHost("d"));

        Compute(Document("b", [("me", 10_000), ("d", 100)]) with { Born = 1 }, Document("d", [("me", 100), ("b", 100)]));

        Assert.Equal(("b", 1), (_graph.Paths["b"].NextHop, _graph.Paths["b"].Hops));
    }

    /// <summary>Links and costs are the same; only the life is another one.</summary>
    [Fact]
    public void Compute_OnlyTheLifeChanges_IsSeen()
    {
        Wire(new LinkHost("b"));
        AgentDocument b = Document("b", [("me", 1), ("d", 1)]);
        AgentDocument Meaning(ulong born) => b with { Neighbours = [b.Neighbours[0], b.Neighbours[1] with { Born = born }] };
        Compute(Meaning(1), Document("d", [("b", 1)]) with { Born = 1 });
        Assert.True(_graph.Knows("d"));

        Compute(Meaning(2), Document("d", [("b", 1)]) with { Born = 1 });
        Assert.False(_graph.Knows("d"));

        Compute(Meaning(2), Document("d", [("b", 1)]) with { Born = 2 });
        Assert.True(_graph.Knows("d"));
    }

    private static AgentDocument Document(string id, (string Id, int Cost)[] neighbours) =>
        new() { Id = id, Boot = 1, Seq = 1, Neighbours = [.. neighbours.Select(n => new DocumentNeighbour { Id = n.Id, Cost = n.Cost })] };

    private void Compute(string first, string? second, Dictionary<string, (string Id, int Cost)[]> documents)
    {
        foreach (string peer in new[] { first, second }.OfType<string>())
        {
            Wire(new LinkHost(peer));
        }

        Compute([.. documents.Select(pair => Document(pair.Key, pair.Value))]);
    }

    private void Wire(LinkHost neighbour) => new Wire(_me, neighbour).Settle();

    private void Compute(params AgentDocument[] documents) =>
        _graph.Compute(Document("me", [.. _me.Links.Open.Select(link => (link.PeerId, 1000))]), _me.Links.Open, documents);
}
