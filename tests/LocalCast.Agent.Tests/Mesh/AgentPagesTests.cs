using System.Text.Json;
using LocalCast.Agent.Mesh;
using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>All agents of a large mesh, in answers that fit into frames.</summary>
public sealed class AgentPagesTests
{
    private static readonly string _worst = new('\u0001', 256); // each letter is six in JSON

    [Fact]
    public void Page_ThousandsOfAgents_ComeOnceEachInPagesThatFit()
    {
        (AgentDocument, MeshPath)[] agents = [.. Enumerable.Range(0, 5000).Select(i => Agent($"agent-{i * 7919 % 5000:0000}", nodes: 5))];
        List<AgentRow[]> pages = PagesOf(agents);

        Assert.InRange(pages.Count, 2, 100);
        Assert.All(pages, page => Assert.InRange(SizeOf(page), 2, AgentPages.MostBytes + 2));
        Assert.Equal(agents.Select(agent => agent.Item1.Id).Order(StringComparer.Ordinal), pages.SelectMany(page => page).Select(row => row.Id));
    }

    [Fact]
    public void Page_AnAgentTellsOfThousandsOfNodes_HasTheFirstAndHowManyMore()
    {
        AgentRow row = Assert.Single(AgentPages.Page([Agent("a", nodes: 4000)], null));

        Assert.Equal((256, 3744), (row.Nodes.Count, row.NodesLeftOut));
    }

    [Fact]
    public void Page_AnAgentTellsOfWhatFillsAnyPage_ComesWithoutNodesAndTheNextOneToo()
    {
        AgentDocument hostile = Agent("a", 0).Item1 with
        {
            Name = string.Concat(Enumerable.Repeat(_worst, 1000)),
            Nodes = [.. Enumerable.Range(0, 300).Select(i => new NodeDescription { Name = $"{i}{_worst}", State = _worst })],
        };

        List<AgentRow[]> pages = PagesOf([(hostile, new MeshPath("a", 1, 1)), Agent("b", 1)]);

        AgentRow[] rows = [.. pages.SelectMany(page => page)];
        Assert.Equal(["a", "b"], rows.Select(row => row.Id));
        Assert.Equal((0, 300), (rows[0].Nodes.Count, rows[0].NodesLeftOut));
        Assert.Equal((1, 0), (rows[1].Nodes.Count, rows[1].NodesLeftOut));
        Assert.All(pages, page => Assert.InRange(SizeOf(page), 2, AgentPages.MostBytes + 2));
    }

    [Fact]
    public void Page_BehindOneThatHasGone_GoesOnWithTheNext()
    {
        AgentRow[] page = AgentPages.Page([Agent("c", 0), Agent("a", 0), Agent("d", 0)], "b");

        Assert.Equal(["c", "d"], page.Select(row => row.Id));
        Assert.Empty(AgentPages.Page([Agent("a", 0)], "a"));
    }

    private static List<AgentRow[]> PagesOf((AgentDocument, MeshPath)[] agents)
    {
        List<AgentRow[]> pages = [];
        for (AgentRow[] page = AgentPages.Page(agents, null); page.Length > 0; page = AgentPages.Page(agents, page[^1].Id))
        {
            pages.Add(page);
        }

        return pages;
    }

    private static int SizeOf(AgentRow[] page) => JsonSerializer.SerializeToUtf8Bytes(page, MeshOperationsJson.Default.AgentRowArray).Length;

    private static (AgentDocument, MeshPath) Agent(string id, int nodes) =>
        (new AgentDocument { Id = id, Boot = 1, Seq = 1, Nodes = [.. Enumerable.Range(0, nodes).Select(i => new NodeDescription { Name = $"node-{i}" })] }, new MeshPath("near", 10_000, 2));
}
