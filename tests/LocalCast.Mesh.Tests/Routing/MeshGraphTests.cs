using LocalCast.Mesh.Tests.Links;

namespace LocalCast.Mesh.Tests.Routing;

public sealed class MeshGraphTests
{
    private readonly MeshGraph _graph = new();

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

    private static AgentDocument Document(string id, (string Id, int Cost)[] neighbours) =>
        new() { Id = id, Boot = 1, Seq = 1, Neighbours = [.. neighbours.Select(n => new DocumentNeighbour { Id = n.Id, Cost = n.Cost })] };

    private void Compute(string first, string? second, Dictionary<string, (string Id, int Cost)[]> documents)
    {
        var me = new LinkHost("me");
        foreach (string peer in new[] { first, second }.OfType<string>())
        {
            new Wire(me, new LinkHost(peer)).Settle();
        }

        AgentDocument own = Document("me", [.. me.Links.Open.Select(link => (link.PeerId, 1000))]);
        _graph.Compute(own, me.Links.Open, documents.Select(pair => Document(pair.Key, pair.Value)));
    }
}
