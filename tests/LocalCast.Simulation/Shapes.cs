using LocalCast.Protocol;

namespace LocalCast.Simulation;

/// <summary>Networks to begin with, and how to describe one that is not as it should be.</summary>
internal static class Shapes
{
    /// <summary>All know one, and learn of the others from it.</summary>
    public static void Star(SimulatedNetwork network, int count, Action<int, SimulatedAgentSetup>? configure = null) =>
        Create(network, count, i => i == 0 ? [] : [Name(0)], configure);

    /// <summary>Each knows the one before; nobody dials what it learns.</summary>
    public static void Line(SimulatedNetwork network, int count, Action<int, SimulatedAgentSetup>? configure = null) =>
        Create(network, count, i => i == 0 ? [] : [Name(i - 1)], (i, setup) =>
        {
            setup.Options.WantedOutbound = 0;
            configure?.Invoke(i, setup);
        });

    /// <summary>A line whose ends know each other.</summary>
    public static void Ring(SimulatedNetwork network, int count, Action<int, SimulatedAgentSetup>? configure = null) =>
        Create(network, count, i => [Name((i + count - 1) % count)], (i, setup) =>
        {
            setup.Options.WantedOutbound = 0;
            configure?.Invoke(i, setup);
        });

    /// <summary>Each knows some others, chosen by chance, and its predecessor.</summary>
    public static void Random(SimulatedNetwork network, int count, int degree, Action<int, SimulatedAgentSetup>? configure = null) =>
        Create(network, count, i => i == 0 ? [] : [.. Enumerable.Range(0, degree / 2).Select(_ => network.Random.Next(i)).Append(i - 1).Distinct().Select(Name)], (i, setup) =>
        {
            setup.Options.WantedOutbound = 0;
            configure?.Invoke(i, setup);
        });

    public static string Name(int i) => $"a{i:000}";

    public static NodeDescription Node(string name, params string[] topics) => new() { Name = name, Role = "node", State = "Ready", Topics = topics };

    public static string Describe(SimulatedNetwork network) => string.Join('\n', network.Agents.Select(agent => agent.Machine is { } machine
        ? $"{agent.Id}: links {string.Join(',', machine.Links.Select(link => $"{link.Peer?.Id}{(link.Stage == Mesh.LinkStage.Open ? "" : $"({link.Stage})")}"))}; paths {machine.Paths.Count}; documents "
          + string.Join(',', machine.Documents.OrderBy(d => d.Id, StringComparer.Ordinal).Select(d => $"{d.Id}:{d.Seq}")) + $"; digest {machine.StateDigest:x}; notices {string.Join(", ", agent.Notices.GroupBy(n => n.Name).Select(g => $"{g.Key}×{g.Count()}"))}"
        : $"{agent.Id}: down"));

    private static void Create(SimulatedNetwork network, int count, Func<int, string[]> peersOf, Action<int, SimulatedAgentSetup>? configure)
    {
        for (int i = 0; i < count; i++)
        {
            int number = i;
            network.Add(Name(i), setup =>
            {
                setup.Peers = peersOf(number);
                setup.Nodes = [Node($"n{number}"), Node("echo", "sensors.>")];
                configure?.Invoke(number, setup);
            });
        }

        foreach (SimulatedAgent agent in network.Agents)
        {
            agent.Boot();
        }
    }
}
