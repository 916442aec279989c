using LocalCast.Mesh;

namespace LocalCast.Simulation;

/// <summary>Agents that were given one id, and what has to be so once they have found out.</summary>
internal static class Twins
{
    public const string Id = "twin";

    /// <summary>Adds an agent with the id, and starts it.</summary>
    public static SimulatedAgent Add(SimulatedNetwork network, string name, string[] peers, Action<SimulatedAgentSetup>? configure = null)
    {
        SimulatedAgent twin = network.Add(Id, setup =>
        {
            setup.Address = $"ws://{name}:1";
            setup.Peers = peers;
            setup.Nodes = [Shapes.Node("where"), Shapes.Node($"only-{name}")];
            setup.Options.WantedOutbound = 0;
            configure?.Invoke(setup);
        });
        twin.Boot();
        return twin;
    }

    public static bool IsAway(SimulatedAgent agent) => agent.Machine is { WhyAway: not null };

    public static bool IsLinked(SimulatedAgent agent) => agent.Machine?.Links.Any(link => link.Stage == LinkStage.Open) == true;

    /// <summary>Whether exactly one agent with the id has links, and all others agree on its document.</summary>
    public static bool AreSettled(SimulatedNetwork network)
    {
        SimulatedAgent[] linked = [.. network.Agents.Where(agent => agent.Id == Id && IsLinked(agent))];
        return linked is [var one] && network.HaveConverged([.. network.Agents.Where(agent => agent.Id != Id || agent == one)])
            && network.Agents.Sum(agent => agent.Machine?.Links.Count(link => link.Peer?.Id == Id && link.Stage == LinkStage.Open)) == one.Machine!.Links.Count
            && network.Agents.All(agent => agent.Id == Id || DocumentAt(agent) is { } document && document.Born == one.Machine!.Self.Born);
    }

    /// <summary>The only one with the id that has links.</summary>
    public static SimulatedAgent Linked(SimulatedNetwork network) => network.Agents.Single(agent => agent.Id == Id && IsLinked(agent));

    /// <summary>Waits until they have found out.</summary>
    public static TimeSpan Settle(SimulatedNetwork network, TimeSpan within)
    {
        TimeSpan? took = network.Clock.RunUntil(() => AreSettled(network), within);
        Assert.True(took is not null, Shapes.Describe(network));
        return took.Value;
    }

    /// <summary>From now on nobody is disturbed but by those that look whether the other one is still there.</summary>
    /// <returns>The part of the time in which all was as it should be.</returns>
    public static double ShareOfQuiet(SimulatedNetwork network, TimeSpan time)
    {
        int looks = 0;
        int quiet = 0;
        for (TimeSpan end = network.Clock.Now + time; network.Clock.Now < end; looks++)
        {
            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMilliseconds(250));
            quiet += AreSettled(network) ? 1 : 0;
        }

        return (double)quiet / looks;
    }

    /// <summary>Every other agent calls a node of that id once; all of it reaches the same one.</summary>
    public static void CallFromAll(SimulatedNetwork network)
    {
        SimulatedAgent one = Linked(network);
        int before = one.Hub.Executed.Count;
        SimulatedAgent[] callers = [.. network.Agents.Where(agent => agent.Id != Id && agent.Machine is not null)];
        long[] requests = [.. callers.Select(caller => caller.Hub.Call($"where@{Id}", $"net-where-{caller.Id}-{network.Clock.Steps}"))];
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(2));
        Assert.All(callers.Zip(requests), pair => Assert.Null(pair.First.Hub.AnswerOf(pair.Second)!.Error));
        Assert.Equal(before + callers.Length, one.Hub.Executed.Count);
    }

    private static AgentDocument? DocumentAt(SimulatedAgent agent) => agent.Machine!.Documents.FirstOrDefault(document => document.Id == Id);
}
