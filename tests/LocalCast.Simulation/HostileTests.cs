using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Simulation;

public sealed class HostileTests
{
    [Fact]
    public void SlowLink_QueueIsBounded_CallsAreBusyAndOthersUndisturbed() => Simulated.Run(81, network =>
    {
        network.BytesPerSecond = (from, to) => from.Id == "a001" || to.Id == "a001" ? 20_000 : 0;
        Shapes.Star(network, 4, (_, setup) =>
        {
            setup.Options.WantedOutbound = 0;
            setup.Options.LinkQueueBytes = 16 * 1024;
        });
        CallTests.Converge(network);
        SimulatedAgent hub = network.Agents[0];
        for (int i = 0; i < 300; i++)
        {
            hub.Hub.Call("n1", $"net-slow-{i}-{new string('x', 400)}");
            hub.Hub.Publish("sensors.x", PublishMode.All, $"net-topic-{i}-{new string('x', 400)}");
            hub.Hub.Call("n2", $"net-quick-{i}");
            Assert.All(hub.Machine!.Links, link => Assert.InRange(link.Queue.Bytes, 0, hub.Machine.QueueBound));
        }

        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(20));

        Invariants.CheckAnswers(network);
        ILookup<bool, SimulatedHub.Asked> calls = hub.Hub.Requests.Values.Where(asked => asked.Answers[0].Type == MessageType.Result).ToLookup(asked => asked.Mark.StartsWith("net-quick", StringComparison.Ordinal));
        Assert.All(calls[true], asked => Assert.Null(asked.Answers[0].Error));
        Assert.All(calls[true], asked => Assert.InRange(asked.AnsweredAt - asked.At, TimeSpan.Zero, TimeSpan.FromMilliseconds(200)));
        Assert.Contains(calls[false], asked => asked.Answers[0].Error?.Code == LocalCastError.Busy);
        Assert.Contains(calls[false], asked => asked.Answers[0].Error is null);
        Assert.Equal(300, network.Agents[2].Hub.Published.Count);
        Assert.Contains(hub.Machine!.Links, link => link.Queue.DroppedTopics > 0);
        Assert.Equal(4, hub.Machine.Documents.Count());
    });

    [Fact]
    public void LargeMessagesOnASlowLink_DelayNobodyByMoreThanAFewChunks() => Simulated.Run(84, network =>
    {
        // A chunk takes a quarter of a second; a message of a MiB would take a whole one, and eight of them eight.
        network.BytesPerSecond = (_, _) => 1024 * 1024;
        Shapes.Line(network, 3);
        CallTests.Converge(network);
        SimulatedAgent first = network.Agents[0];
        for (int i = 0; i < 8; i++)
        {
            first.Hub.CallOf("greedy", "n2", $"net-large-{i}", 1024 * 1024);
        }

        List<long> small = [];
        for (int i = 0; i < 10; i++)
        {
            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMilliseconds(500));
            small.Add(first.Hub.CallOf("modest", "n2", $"net-small-{i}", 10));
        }

        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(30));

        Assert.Equal((18, 0), Invariants.CheckAnswers(network));
        Assert.All(small, request => Assert.InRange(first.Hub.Requests[request].AnsweredAt - first.Hub.Requests[request].At, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Invariants.CheckQuiet(network);
    });

    [Fact]
    public void TwoAgentsWithOneId_OnTheSameNeighbour_TheLivingOneStays() => Simulated.Run(82, network =>
    {
        Shapes.Line(network, 3);
        CallTests.Converge(network);
        SimulatedAgent second = Impostor(network, "a002", peer: "a001");

        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(30));

        Assert.DoesNotContain(second.Machine!.Links, link => link.Stage == LinkStage.Open);
        Assert.Contains(second.Machine.Book.Entries, entry => entry.LastError!.Contains("living agent", StringComparison.Ordinal));
        Assert.DoesNotContain(network.Agents[1].Notices, notice => notice.Name == "link_ended");
    });

    /// <summary>Also while the two have not found out, the rest goes on: calls among the others whose way does not lead to them, and little is said about it.</summary>
    [Fact]
    public void TwoAgentsWithOneId_FarApart_CostAFewChangesASecondAndNoCallIsLost() => Simulated.Run(83, network =>
    {
        Shapes.Line(network, 6);
        CallTests.Converge(network);
        SimulatedAgent second = Impostor(network, "a000", peer: "a005");
        network.Traffic.Clear();
        for (int i = 0; i < 150; i++)
        {
            network.Agents[1].Hub.Call("n4@a004", $"net-{i}");
            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMilliseconds(100));
        }

        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(6));
        Invariants.CheckAnswers(network);

        // Ways through the doubled id lead nowhere; who is sent there meanwhile hears of it.
        Assert.All(network.Agents[1].Hub.Requests.Values, asked => Assert.True(asked.Answers[0].Error?.Code is null or LocalCastError.NoRoute));
        Assert.Contains(network.Agents[0].Notices, notice => notice.Name == "own_id_elsewhere");
        Assert.NotNull(second.Machine!.WhyAway);

        // Two versions a second, to and from every agent of the line, for sixteen seconds.
        Assert.InRange(network.Traffic[MessageType.State], 0, 16 * 2 * 6 * 2 * 1000);
    });

    private static SimulatedAgent Impostor(SimulatedNetwork network, string id, string peer)
    {
        SimulatedAgent impostor = network.Add(id, setup =>
        {
            setup.Address = "ws://elsewhere:1";
            setup.Peers = [peer];
            setup.Options.WantedOutbound = 0;
        });
        impostor.Boot();
        return impostor;
    }
}
