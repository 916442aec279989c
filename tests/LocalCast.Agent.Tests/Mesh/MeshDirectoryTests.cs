using LocalCast.Agent.Mesh;
using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Agent.Tests.Mesh;

public sealed class MeshDirectoryTests
{
    private static readonly string[] _agents = ["a1", "a2", "a3", "a4"];
    private static readonly string[] _names = ["dns", "dht", "web", "log", "cli"];
    private static readonly string[] _topics = ["a", "a.*", "b", ">"];

    /// <summary>Whatever came before, it knows what one knows who only ever saw the last documents. Seeded: each case is the same every time.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Change_AnySequence_EqualsARebuild(int seed)
    {
        var random = new Random(seed);
        var directory = new MeshDirectory();
        Dictionary<string, AgentDocument> now = [];
        for (int step = 0; step < 60; step++)
        {
            string agent = _agents[random.Next(_agents.Length)];
            AgentDocument? document = random.Next(4) == 0 ? null : RandomDocument(agent, random);
            string[] topicsBefore = [.. directory.Topics.Order()];

            AgentDocument? before = directory.Change(agent, document, out bool haveTopicsChanged);

            Assert.Same(now.GetValueOrDefault(agent), before);
            _ = document is null ? now.Remove(agent) : (now[agent] = document) is not null;
            AssertEqualsRebuild(directory, now);
            Assert.True(haveTopicsChanged || topicsBefore.SequenceEqual(directory.Topics.Order()), "topics changed, and nobody was told");
        }
    }

    [Fact]
    public void HasNode_ItsAgentIsAway_StillKnowsTheName()
    {
        var directory = new MeshDirectory();
        directory.Change("a1", Document("a1", Node("dns")), out _);

        directory.Change("a1", null, out _);

        Assert.True(directory.HasNode(Channel.OfName("dns"))); // so that a call hears of the agent that is away
        Assert.Equal((0, false), (directory.NodeCount, directory.HasAgents));
    }

    [Fact]
    public void CanReach_AsLongAsOneOfItsAgentsIsThere()
    {
        var directory = new MeshDirectory();
        Assert.False(directory.CanReach(Channel.OfName("dns")));
        directory.Change("a1", Document("a1", Node("dns")), out _);
        directory.Change("a2", Document("a2", Node("dns")), out _);

        directory.Change("a1", null, out _);
        Assert.True(directory.CanReach(Channel.OfName("dns")));
        directory.Change("a2", null, out _);

        Assert.False(directory.CanReach(Channel.OfName("dns")));
    }

    [Fact]
    public void HasNode_ItsAgentNoLongerHasIt_IsForgotten()
    {
        var directory = new MeshDirectory();
        directory.Change("a1", Document("a1", Node("dns")), out _);

        directory.Change("a1", Document("a1"), out _);

        Assert.False(directory.HasNode(Channel.OfName("dns")));
        Assert.Null(directory.NameOf(Channel.OfName("dns")));
    }

    [Fact]
    public void HasNode_VeryManyAgentsWentAway_ForgetsTheOldest()
    {
        var directory = new MeshDirectory();
        for (int i = 0; i < 3000; i++)
        {
            directory.Change($"a{i}", Document($"a{i}", Node($"n{i}")), out _);
            directory.Change($"a{i}", null, out _);
        }

        Assert.False(directory.HasNode(Channel.OfName("n0")));
        Assert.True(directory.HasNode(Channel.OfName("n2999")));
        Assert.InRange(Enumerable.Range(0, 3000).Count(i => directory.HasNode(Channel.OfName($"n{i}"))), 1, 1024);
    }

    [Fact]
    public void ReadyNodes_SeveralVersions_AreAllThere()
    {
        var directory = new MeshDirectory();
        directory.Change("a", Document("a", Node("dns") with { Version = "2.0.0" }), out _);
        directory.Change("b", Document("b", Node("dns") with { Version = "1.0.0" }), out _);
        directory.Change("c", Document("c", Node("dns") with { Version = "1.0.0" }), out _);
        directory.Change("d", Document("d", Node("dns") with { Version = "3.0.0", State = "Starting" }), out _);

        Assert.Equal(["1.0.0", "2.0.0"], directory.ReadyNodes()["dns"]);
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(1, 40)];

    private static void AssertEqualsRebuild(MeshDirectory directory, Dictionary<string, AgentDocument> now)
    {
        NodeDescription[] nodes = [.. now.Values.SelectMany(document => document.Nodes).Where(node => node.Role != "client")];
        Assert.Equal(now.Count > 0, directory.HasAgents);
        Assert.Equal(nodes.Length, directory.NodeCount);
        Assert.Equal(now.Values.SelectMany(document => document.Nodes).SelectMany(node => node.Topics ?? []).Distinct().Order(), directory.Topics.Order());
        Assert.Equal(nodes.Where(node => node.State is null or "Ready").Select(node => node.Name).Distinct().Order(), directory.ReadyNodes().Keys.Order());
        Assert.Equal(now.Values.Select(document => document.Id).Order(), directory.Agents.Select(document => document.Id).Order());
        foreach (NodeDescription node in nodes)
        {
            Assert.True(directory.HasNode(Channel.OfName(node.Name)));
            Assert.True(directory.CanReach(Channel.OfName(node.Name)));
            Assert.Equal(node.Name, directory.NameOf(Channel.OfName(node.Name)));
        }
    }

    private static AgentDocument RandomDocument(string agent, Random random) => Document(agent, [.. Enumerable.Range(0, random.Next(4)).Select(_ => new NodeDescription
    {
        Name = _names[random.Next(_names.Length)], // also twice in one document: another agent may say anything
        Role = random.Next(4) == 0 ? "client" : null,
        State = random.Next(3) switch { 0 => "Starting", 1 => "Ready", _ => null },
        Topics = random.Next(3) == 0 ? null : [.. Enumerable.Range(0, random.Next(3)).Select(_ => _topics[random.Next(_topics.Length)])],
    })]);

    private static AgentDocument Document(string agent, params IReadOnlyList<NodeDescription> nodes) => new() { Id = agent, Boot = 1, Seq = 1, Nodes = nodes };

    private static NodeDescription Node(string name) => new() { Name = name };
}
