using LocalCast.Mesh;

namespace LocalCast.Simulation;

public sealed class DiscoveryTests
{
    [Fact]
    public void OneBootNode_EachLearnsOthersAndDialsUpToItsNumber() => Simulated.Run(91, network =>
    {
        Shapes.Star(network, 20, (_, setup) => setup.Options.WantedOutbound = 4);

        network.Clock.RunUntil(TimeSpan.FromSeconds(30));

        Assert.All(network.Agents.Skip(1), agent => Assert.InRange(Outbound(agent), 3, 5));
        Assert.True(network.HaveConverged(), Shapes.Describe(network));
    });

    [Fact]
    public void PeerLost_IsReplaced() => Simulated.Run(92, network =>
    {
        Shapes.Star(network, 20, (_, setup) => setup.Options.WantedOutbound = 4);
        network.Clock.RunUntil(TimeSpan.FromSeconds(30));
        SimulatedAgent agent = network.Agents[7];
        string lost = agent.Machine!.Links.First(link => link.Direction == LinkDirection.Outbound && link.Peer!.Id != Shapes.Name(0)).Peer!.Id;

        network.Agents.Single(other => other.Id == lost).Crash();
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(30));

        Assert.InRange(Outbound(agent), 3, 5);
        Assert.DoesNotContain(agent.Machine.Links, link => link.Peer?.Id == lost);
    });

    [Fact]
    public void BootNodeAppearsLater_AllJoin() => Simulated.Run(93, network =>
    {
        Shapes.Star(network, 5);
        network.Agents[0].Crash();
        network.Clock.RunUntil(TimeSpan.FromMinutes(10));
        Assert.All(network.Agents.Skip(1), agent => Assert.NotEmpty(agent.Machine!.Book.Entries));

        network.Agents[0].Boot();

        Assert.NotNull(network.Clock.RunUntil(() => network.HaveConverged(), TimeSpan.FromSeconds(65)));
    });

    [Fact]
    public void RestartedAgent_ComesBackByItsBookAlone() => Simulated.Run(94, network =>
    {
        Shapes.Star(network, 10);
        CallTests.Converge(network);
        network.Clock.RunUntil(TimeSpan.FromSeconds(20));
        SimulatedAgent agent = network.Agents[5];
        agent.Crash();
        network.Agents[0].Crash(); // the only one that it was configured to dial
        agent.Boot();

        Assert.NotNull(network.Clock.RunUntil(() => network.HaveConverged(), TimeSpan.FromSeconds(30)));
        Assert.NotEmpty(agent.Machine!.Links);
    });

    [Fact]
    public void InboundFull_RefusedOnesFindOthers() => Simulated.Run(95, network =>
    {
        Shapes.Star(network, 12, (_, setup) =>
        {
            setup.Options.MostInbound = 4;
            setup.Options.WantedOutbound = 2;
        });

        network.Clock.RunUntil(TimeSpan.FromMinutes(5));

        Assert.All(network.Agents, agent => Assert.InRange(agent.Machine!.Links.Count(link => link.Direction == LinkDirection.Inbound && link.Stage == LinkStage.Open), 0, 4));
        Assert.Contains(network.Agents.Skip(1), agent => agent.Notices.Any(notice => notice.Reason?.Contains("too many inbound links", StringComparison.Ordinal) == true)
            || agent.Machine!.Book.Entries.Any(entry => entry.LastError == "too many inbound links"));
    });

    private static int Outbound(SimulatedAgent agent) => agent.Machine!.Links.Count(link => link.Direction == LinkDirection.Outbound && link.Stage == LinkStage.Open);
}
