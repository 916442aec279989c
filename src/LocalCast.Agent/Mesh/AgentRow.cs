using LocalCast.Mesh;

namespace LocalCast.Agent.Mesh;

/// <summary>A row of <c>peers --all</c>: an agent that can be reached, linked or not.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name; what is longer than 256 characters is cut.</param>
/// <param name="Hops">How many links lie between.</param>
/// <param name="RttMs">The sum of their measured round trips.</param>
/// <param name="NextHop">The neighbour by way of which it is reached; itself when it is linked.</param>
/// <param name="Nodes">The nodes that it tells of, with their states where they are not ready.</param>
/// <param name="NodesLeftOut">How many nodes more it tells of than there is room for in an answer.</param>
public sealed record AgentRow(string Id, string Name, int Hops, double RttMs, string NextHop, IReadOnlyList<AgentNodeRow> Nodes, int NodesLeftOut = 0)
{
    private const int MostNodes = 256;

    /// <summary>Other agents say these: what is longer was not meant to be read.</summary>
    private const int MostText = 256;

    internal static AgentRow Of(AgentDocument document, MeshPath path)
    {
        AgentNodeRow[] nodes =
        [
            .. document.Nodes.Where(node => node.Role != "client").OrderBy(node => node.Name, StringComparer.Ordinal)
                .Select(node => new AgentNodeRow(Cut(node.Name), Cut(node.State ?? "Ready"))),
        ];
        return new AgentRow(document.Id, Cut(document.Name ?? document.Id), path.Hops, Math.Round(path.RoundTrip.TotalMilliseconds, 3), path.NextHop, [.. nodes.Take(MostNodes)], Math.Max(0, nodes.Length - MostNodes));
    }

    private static string Cut(string text) => text.Length > MostText ? text[..MostText] : text;
}

/// <summary>A node of another agent.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Whether it is ready.</param>
public sealed record AgentNodeRow(string Name, string State);
