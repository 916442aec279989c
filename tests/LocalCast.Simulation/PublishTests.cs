using LocalCast.Protocol;

namespace LocalCast.Simulation;

public sealed class PublishTests
{
    [Fact]
    public void Every_ReachesEveryOtherAgentOnce() => Simulated.Run(21, network =>
    {
        Shapes.Random(network, 30, 6);
        CallTests.Converge(network);

        network.Agents[5].Hub.Publish("any.topic", PublishMode.Every, "net-1");
        Settle(network);

        Assert.All(network.Agents, agent => Assert.Equal(agent == network.Agents[5] ? 0 : 1, agent.Hub.Published.Count));
        Invariants.CheckDeliveries(network);
        Invariants.CheckQuiet(network);
    });

    [Fact]
    public void All_ReachesTheAgentsWithSubscribersAndNoOther() => Simulated.Run(22, network =>
    {
        Shapes.Line(network, 6, (i, setup) => setup.Nodes = [Shapes.Node($"n{i}", i % 2 == 0 ? "sensors.*.temp" : "other.>")]);
        CallTests.Converge(network);

        network.Agents[1].Hub.Publish("sensors.kitchen.temp", PublishMode.All, "net-1");
        Settle(network);

        Assert.Equal([1, 0, 1, 0, 1, 0], network.Agents.Select(agent => agent.Hub.Published.Count));
    });

    [Fact]
    public void One_ThousandTimes_EachReachesOneSubscriberAndAllGetAShare() => Simulated.Run(23, network =>
    {
        // Three subscribers on one agent, one on another: uniform over subscribers is 3 to 1.
        Shapes.Line(network, 3, (i, setup) => setup.Nodes = i switch
        {
            1 => [Shapes.Node("s1", "t.>"), Shapes.Node("s2", "t.*"), Shapes.Node("s3", "t.x")],
            2 => [Shapes.Node("s4", "t.x", "t.>")],
            _ => [],
        });
        CallTests.Converge(network);
        for (int i = 0; i < 1000; i++)
        {
            network.Agents[0].Hub.Publish("t.x", PublishMode.One, $"net-{i}");
        }

        Settle(network);

        Assert.Equal((1000, 0), Invariants.CheckAnswers(network));
        Assert.Equal(1000, network.Agents.Sum(agent => agent.Hub.Published.Count));
        Assert.All(network.Agents.SelectMany(agent => agent.Hub.Published).GroupBy(item => item.Node), group => Assert.InRange(group.Count(), 180, 320));
        Invariants.CheckQuiet(network);
    });

    [Fact]
    public void One_OwnMachineSubscribes_CountsLikeAnyone() => Simulated.Run(24, network =>
    {
        Shapes.Line(network, 2);
        CallTests.Converge(network);
        for (int i = 0; i < 100; i++)
        {
            network.Agents[0].Hub.Publish("sensors.x", PublishMode.One, $"net-{i}");
        }

        Settle(network);

        Assert.Equal((100, 0), Invariants.CheckAnswers(network));
        Assert.All(network.Agents, agent => Assert.InRange(agent.Hub.Published.Count, 25, 75));
    });

    [Fact]
    public void One_NobodySubscribes_IsNoSubscriber() => Simulated.Run(25, network =>
    {
        Shapes.Line(network, 2);
        CallTests.Converge(network);

        long request = network.Agents[0].Hub.Publish("nothing.here", PublishMode.One, "net-1");

        Assert.Equal(LocalCastError.NoSubscriber, network.Agents[0].Hub.AnswerOf(request)!.Error!.Code);
    });

    [Fact]
    public void Group_ReachesItsMembersOnly_AlsoThroughOthers() => Simulated.Run(26, network =>
    {
        Shapes.Line(network, 5, (i, setup) => setup.Groups = i is 0 or 3 or 4 ? ["red"] : ["blue"]);
        CallTests.Converge(network);

        network.Agents[0].Hub.Publish("sensors.x", PublishMode.Every, "net-1", "red");
        network.Agents[0].Hub.Publish("sensors.x", PublishMode.All, "net-2", "red");
        long refused = network.Agents[0].Hub.Publish("sensors.x", PublishMode.All, "net-3", "blue");
        Settle(network);

        Assert.Equal([0, 0, 0, 2, 2], network.Agents.Select(agent => agent.Hub.Published.Count));
        Assert.Equal(LocalCastError.Forbidden, network.Agents[0].Hub.AnswerOf(refused)!.Error!.Code);
        Invariants.CheckDeliveries(network);
    });

    [Fact]
    public void TwoNetworks_NeverMix() => Simulated.Run(27, network =>
    {
        Shapes.Star(network, 12, (i, setup) => setup.Network = i % 2 == 0 ? "net" : "other");
        network.Clock.RunUntil(TimeSpan.FromSeconds(20));

        foreach (SimulatedAgent agent in network.Agents)
        {
            agent.Hub.Publish("sensors.x", PublishMode.Every, $"{agent.Network}-{agent.Id}");
        }

        Settle(network);

        Assert.All(network.Agents, agent => Assert.All(agent.Machine!.Documents, document => Assert.Equal(agent.Network, network.Agents.Single(other => other.Id == document.Id).Network)));
        Assert.Equal(5, network.Agents[0].Hub.Published.Count);
        Invariants.CheckDeliveries(network);
    });

    [Fact]
    public void Ping_EveryNodeOfTheMeshAnswers() => Simulated.Run(28, network =>
    {
        Shapes.Ring(network, 7, (i, setup) => setup.Nodes = [Shapes.Node($"n{i}")]);
        CallTests.Converge(network);

        long request = network.Agents[0].Hub.Ping("net-1");
        Settle(network);

        Assert.Equal("""{"asked":6}""", System.Text.Encoding.UTF8.GetString(network.Agents[0].Hub.AnswerOf(request)!.Payload.Span));
        Assert.Equal(6, network.Agents[0].Hub.Pongs.Distinct().Count());
        Assert.Equal(6, network.Agents[0].Hub.Pongs.Count);
    });

    [Fact]
    public void Require_NodeAppearsElsewhere_IsAnsweredThen() => Simulated.Run(29, network =>
    {
        Shapes.Line(network, 3);
        CallTests.Converge(network);
        long request = network.Agents[0].Hub.Require("net-1", TimeSpan.FromSeconds(5), "late", "n2");
        long hopeless = network.Agents[0].Hub.Require("net-2", TimeSpan.FromSeconds(5), "never");
        Settle(network, 1);
        Assert.Null(network.Agents[0].Hub.AnswerOf(request));

        network.Agents[2].SetNodes([Shapes.Node("n2"), Shapes.Node("late")]);
        Settle(network, 1);

        Assert.Null(network.Agents[0].Hub.AnswerOf(request)!.Error);
        Settle(network);
        Assert.Contains("'never'", network.Agents[0].Hub.AnswerOf(hopeless)!.Error!.Message, StringComparison.Ordinal);
    });

    [Fact]
    public void Require_Fresh_NodeOfASilentAgent_IsNotTakenOnItsWord() => Simulated.Run(20, network =>
    {
        Shapes.Line(network, 3, (i, setup) => setup.Nodes = [Shapes.Node($"node-{setup.Id}")]); // as the pongs of the simulated hub are signed
        CallTests.Converge(network);
        long good = network.Agents[0].Hub.Require("net-1", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), "node-a002");
        Settle(network, 0.5);
        Assert.Null(network.Agents[0].Hub.AnswerOf(good)!.Error);

        Settle(network, 2);
        network.Links[1].FallSilent();
        long bad = network.Agents[0].Hub.Require("net-2", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), "node-a002");
        long trusting = network.Agents[0].Hub.Require("net-3", TimeSpan.FromSeconds(5), "node-a002");
        Settle(network);

        Assert.Equal(LocalCastError.NodeNotReady, network.Agents[0].Hub.AnswerOf(bad)!.Error!.Code);
        Assert.Null(network.Agents[0].Hub.AnswerOf(trusting)!.Error);
    });

    private static void Settle(SimulatedNetwork network, double seconds = 6) => network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(seconds));
}
