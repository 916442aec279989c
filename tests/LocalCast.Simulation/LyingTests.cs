using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Simulation;

/// <summary>A neighbour that speaks the protocol and lies about state. Documents carry no proof yet; what a lie can do is bounded, and who is lied about sets it right.</summary>
public sealed class LyingTests
{
    private static readonly JsonSerializerOptions _options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    [Fact]
    public void ForgedDocumentOfAnother_IsSetRightByItsOwner() => Simulated.Run(111, network =>
    {
        Shapes.Line(network, 5);
        CallTests.Converge(network);
        AgentDocument truth = DocumentOf(network, 1, "a004");

        Lie(network, "a000", "a001", truth with { Seq = truth.Seq + 100, Nodes = [Shapes.Node("evil")] });
        Assert.Contains(DocumentOf(network, 1, "a004").Nodes, node => node.Name == "evil");
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(5));

        Assert.True(network.HaveConverged(), Shapes.Describe(network));
        Assert.DoesNotContain(DocumentOf(network, 1, "a004").Nodes, node => node.Name == "evil");
        Assert.Contains(network.Agents[4].Notices, notice => notice.Name == "own_id_elsewhere");
        AssertCalled(network, 1, "n4");
    });

    /// <summary>Its owner never hears of a document that makes it unreachable, because such documents are not passed on: only who was lied to suffers, and not for long.</summary>
    [Fact]
    public void ForgedDocumentThatCutsAnotherOff_HurtsNobodyElseAndIsForgotten() => Simulated.Run(115, network =>
    {
        Shapes.Line(network, 5);
        CallTests.Converge(network);
        AgentDocument truth = DocumentOf(network, 0, "a003");

        Lie(network, "a001", "a000", truth with { Seq = truth.Seq + 100, Neighbours = [] });
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(5));
        Assert.False(network.Agents[0].Machine!.Paths.ContainsKey("a003"));
        AssertCalled(network, 1, "n3");

        Assert.NotNull(network.Clock.RunUntil(() => network.HaveConverged(), TimeSpan.FromSeconds(120)));
        AssertCalled(network, 0, "n3");
    });

    /// <summary>That alone is what a twin looks like at first sight: but nobody else says that it has a link to it.</summary>
    [Theory]
    [InlineData(116, "a002")]
    [InlineData(117, "a000")]
    [InlineData(118, "nobody")]
    public void ForgedDocumentsOfAnOlderTwin_WithoutAVoucher_MakeNobodyLeave(int seed, string neighbour) => Simulated.Run(seed, network =>
    {
        Shapes.Line(network, 5);
        CallTests.Converge(network);
        SimulatedAgent victim = network.Agents[4];
        for (int i = 0; i < 100; i++)
        {
            AgentDocument truth = victim.Machine!.Documents.First();
            Lie(network, "a003", "a004", truth with { Seq = truth.Seq + 10_000, Born = truth.Born - (ulong)i - 1, Neighbours = [.. truth.Neighbours, new DocumentNeighbour { Id = neighbour, Cost = 1 }] });
            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMilliseconds(100));
        }

        Assert.Null(victim.Machine!.WhyAway);
        Assert.InRange(victim.Machine.Events["own_id_elsewhere"], 9, 11);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(2));
        Assert.True(network.HaveConverged(), Shapes.Describe(network));
        AssertCalled(network, 0, "n4");
    });

    [Fact]
    public void ReplayedOldDocument_ChangesNothing() => Simulated.Run(112, network =>
    {
        Shapes.Line(network, 5);
        CallTests.Converge(network);
        AgentDocument old = DocumentOf(network, 0, "a003");
        network.Agents[3].SetNodes([Shapes.Node("new")]);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(2));
        network.Traffic.Clear();

        Lie(network, "a001", "a000", old, old with { Boot = old.Boot - 1, Seq = ulong.MaxValue });
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(2));

        Assert.Equal("new", Assert.Single(DocumentOf(network, 0, "a003").Nodes).Name);
        Assert.False(network.Traffic.ContainsKey(MessageType.State));
        Assert.DoesNotContain(network.Agents[0].Notices, notice => notice.Name == "misbehaviour"); // it may honestly be late
    });

    [Fact]
    public void FalseNeighbours_DrawNoTraffic() => Simulated.Run(113, network =>
    {
        // a001 says that it is next to the far end; the far end does not say so.
        Shapes.Ring(network, 8);
        CallTests.Converge(network);
        AgentDocument truth = DocumentOf(network, 0, "a001");
        MeshPath before = network.Agents[0].Machine!.Paths["a005"]; // by chance the way with more agents may be the shorter one
        Lie(network, "a001", "a000", truth with { Seq = truth.Seq + 1, Neighbours = [.. truth.Neighbours, new DocumentNeighbour { Id = "a005", Cost = 1 }] });
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMilliseconds(300));

        MeshPath after = network.Agents[0].Machine!.Paths["a005"];
        Assert.Equal((before.NextHop, before.Hops), (after.NextHop, after.Hops));
        Assert.True(after.Hops >= 3);
    });

    [Fact]
    public void TenThousandInventedAgents_AreBoundedAndForgotten_AndCallsStillPass() => Simulated.Run(114, network =>
    {
        Shapes.Line(network, 4, (_, setup) => setup.Options.MostDocuments = 1000);
        CallTests.Converge(network);
        for (int i = 0; i < 100; i++)
        {
            Lie(network, "a001", "a000", [.. Enumerable.Range(0, 100).Select(k => new AgentDocument { Id = $"x{i}-{k}", Boot = 1, Seq = 1, Neighbours = [new DocumentNeighbour { Id = "a001", Cost = 1 }] })]);
        }

        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));
        long request = network.Agents[0].Hub.Call("n3", "net-1");
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(2));

        Assert.Null(network.Agents[0].Hub.AnswerOf(request)!.Error);
        Assert.Equal(4, network.Agents[0].Machine!.Documents.Count());
        Assert.Equal(3, network.Agents[3].Machine!.Paths.Count);
    });

    private static void AssertCalled(SimulatedNetwork network, int by, string node)
    {
        long request = network.Agents[by].Hub.Call(node, $"net-{by}-{network.Clock.Steps}");
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));
        Assert.Null(network.Agents[by].Hub.AnswerOf(request)!.Error);
    }

    private static AgentDocument DocumentOf(SimulatedNetwork network, int at, string id) => network.Agents[at].Machine!.Documents.Single(document => document.Id == id);

    /// <summary>One agent receives documents as if a neighbour had sent them.</summary>
    private static void Lie(SimulatedNetwork network, string by, string to, params AgentDocument[] documents)
    {
        SimulatedAgent victim = network.Agents.Single(agent => agent.Id == to);
        PeerLink link = victim.Machine!.Links.Single(link => link.Peer!.Id == by);
        byte[] payload = Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new StateData { Documents = documents }, _options));
        var message = new Envelope { Type = MessageType.State, PayloadKind = PayloadKind.Json, Payload = payload };
        victim.Act(machine => machine.Received(link.Number, message, payload.Length, victim.Time));
    }
}
