using LocalCast.Mesh;

namespace LocalCast.Agent.Mesh;

/// <summary>A row of <c>peers --all</c>: an agent that can be reached, linked or not.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Hops">How many links lie between.</param>
/// <param name="RttMs">The sum of their measured round trips.</param>
/// <param name="NextHop">The neighbour by way of which it is reached; itself when it is linked.</param>
/// <param name="Nodes">The nodes that it tells of, with their states where they are not ready.</param>
public sealed record AgentRow(string Id, string Name, int Hops, double RttMs, string NextHop, IReadOnlyList<AgentNodeRow> Nodes)
{
    /// <summary>All that can be reached, the nearest first.</summary>
    internal static AgentRow[] All(MeshMachine machine) =>
    [
        .. machine.Documents
            .Select(document => (document, Path: machine.Paths.GetValueOrDefault(document.Id)))
            .Where(agent => agent.Path is not null)
            .OrderBy(agent => agent.Path!.Cost).ThenBy(agent => agent.document.Id, StringComparer.Ordinal)
            .Select(agent => Of(agent.document, agent.Path!)),
    ];

    private static AgentRow Of(AgentDocument document, MeshPath path) => new(
        document.Id,
        document.Name ?? document.Id,
        path.Hops,
        Math.Round(path.RoundTrip.TotalMilliseconds, 3),
        path.NextHop,
        [.. document.Nodes.Where(node => node.Role != "client").OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => new AgentNodeRow(node.Name, node.State ?? "Ready"))]);
}

/// <summary>A node of another agent.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Whether it is ready.</param>
public sealed record AgentNodeRow(string Name, string State);
