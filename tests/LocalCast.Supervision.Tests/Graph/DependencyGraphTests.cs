using FsCheck;
using FsCheck.Fluent;

namespace LocalCast.Supervision.Tests.Graph;

public sealed class DependencyGraphTests
{
    [Fact]
    public void Refusals_OfAGraphThatIsWell_AreNone()
    {
        var graph = new DependencyGraph(Nodes.Of("a: b, c", "b: d", "c: d bind", "d: stranger present, other soft, far mesh"));
        Assert.Empty(graph.Refusals);
        Assert.Equal(["d", "b c", "a"], graph.Layers.Select(layer => string.Join(' ', layer)));
    }

    [Theory]
    [InlineData("a: b", "b: a")]
    [InlineData("a: b bind", "b: a soft")]
    [InlineData("a: b present", "b: a present")]
    public void Refusals_Circle_IsPrintedFromEachOfItsNodes(string first, string second)
    {
        var graph = new DependencyGraph(Nodes.Of(first, second, "c: a", "d"));
        Assert.Equal("its requirements go round in a circle: a → b → a", graph.Refusals["a"]);
        Assert.Equal("its requirements go round in a circle: b → a → b", graph.Refusals["b"]);
        Assert.Equal(2, graph.Refusals.Count);
        Assert.Equal(["c d"], graph.Layers.Select(layer => string.Join(' ', layer)));
    }

    [Fact]
    public void Refusals_CirclesThatShareANode_AreTheShortestOfEach()
    {
        var graph = new DependencyGraph(Nodes.Of("a: b", "b: c, a", "c: a"));
        Assert.EndsWith("a → b → a", graph.Refusals["a"]);
        Assert.EndsWith("b → a → b", graph.Refusals["b"]);
        Assert.EndsWith("c → a → b → c", graph.Refusals["c"]);
    }

    [Fact]
    public void Refusals_Itself_IsSaidSo() => Assert.Equal("it requires itself: a → a", Assert.Single(new DependencyGraph(Nodes.Of("a: a soft", "b: a")).Refusals).Value);

    [Fact]
    public void Refusals_UnknownNames_AreNamedWithAGuess()
    {
        NodeManifest[] nodes = Nodes.Of("web: databse, joined bind", "database");
        Assert.Equal(
            "it requires what nobody knows: web → databse; there is no such plugin and no such node joined; did you mean \"database\"?",
            new DependencyGraph(nodes, new HashSet<string> { "joined" }).Refusals["web"]);
        Assert.Contains("web → databse, web → joined;", new DependencyGraph(nodes).Refusals["web"]);
    }

    [Fact]
    public void Graph_ChainOfTenThousand_IsSortedAndItsCircleFound()
    {
        const int Count = 10_000;
        NodeManifest[] chain = [.. Enumerable.Range(0, Count).Select(i => Nodes.One(i + 1 < Count ? $"n{i}: n{i + 1}" : $"n{i}"))];
        var graph = new DependencyGraph(chain);
        Assert.Empty(graph.Refusals);
        Assert.Equal(Count, graph.Layers.Count);
        Assert.Equal(Count, graph.WithPrerequisites(["n0"]).Count);
        Assert.Equal(TimeSpan.FromSeconds(15) * Count, StopPlan.For(graph, chain.Select(node => node.Name)).WorstCase);

        chain[^1] = Nodes.One($"n{Count - 1}: n0");
        var circle = new DependencyGraph(chain);
        Assert.Equal(Count, circle.Refusals.Count);
        Assert.Contains("n5 → n6 → ", circle.Refusals["n5"]);
        Assert.EndsWith("n4 → n5", circle.Refusals["n5"]);
        Assert.All(circle.Refusals.Values, reason => Assert.True(reason.Length < 200));
    }

    [Fact]
    public void WithBoundDependents_FollowsBindOnly()
    {
        var graph = new DependencyGraph(Nodes.Of("db", "api: db bind", "web: api bind", "log: db", "x: web soft"));
        Assert.Equal(["api", "db", "web"], graph.WithBoundDependents(["db"]).Order());
        Assert.Equal(["api", "db", "web"], graph.WithPrerequisites(["web"]).Order());
        Assert.Equal(["x"], graph.WithPrerequisites(["x"]));
    }

    [Fact]
    public void Graph_OfAnyNodes_PutsEachAfterItsPrerequisitesOrRefusesIt()
    {
        Gen<int[][]> edges = Gen.ArrayOf(Gen.ArrayOf(Gen.Choose(0, 9)).Resize(2)).Resize(10);
        Prop.ForAll(edges.ToArbitrary(), lists =>
        {
            NodeManifest[] nodes = [.. Enumerable.Range(0, 10).Select(i => Nodes.One($"{i}: {string.Join(", ", i < lists.Length ? lists[i].Distinct() : [])}"))];
            var graph = new DependencyGraph(nodes);
            Dictionary<string, int> layerOf = graph.Layers.SelectMany((layer, index) => layer.Select(name => (name, index))).ToDictionary(pair => pair.name, pair => pair.index);
            Assert.Equal(10, layerOf.Count + graph.Refusals.Count);
            foreach (NodeManifest node in nodes)
            {
                // Reachability by brute force is what a circle is.
                bool isOnCircle = graph.PrerequisitesOf(node.Name).Any(next => graph.WithPrerequisites([next]).Contains(node.Name));
                Assert.Equal(isOnCircle, graph.Refusals.ContainsKey(node.Name));
                Assert.All(graph.PrerequisitesOf(node.Name).Where(layerOf.ContainsKey), next => Assert.True(isOnCircle || layerOf[next] < layerOf[node.Name]));
            }
        }).Check(PropertyConfig.Tests(500));
    }
}
