using System.Diagnostics.CodeAnalysis;

namespace LocalCast.Mesh;

/// <summary>How to get to an agent.</summary>
/// <param name="NextHop">The neighbour that is nearest to it.</param>
/// <param name="Cost">The sum of round trips on the way, in microseconds.</param>
/// <param name="Hops">Links on the way.</param>
public sealed record MeshPath(string NextHop, long Cost, int Hops);

/// <summary>Shortest paths from this agent to all others, by round trip, over the links that both their ends claim.</summary>
internal sealed class MeshGraph
{
    /// <summary>What a hop costs besides its round trip, so that of two equal ways the one with fewer agents is taken.</summary>
    private const int CostPerHop = 100;

    private const int UnknownCost = 1000;
    private Dictionary<string, MeshPath> _paths = new(StringComparer.Ordinal);

    /// <summary>Paths to all agents that can be reached.</summary>
    public IReadOnlyDictionary<string, MeshPath> Paths => _paths;

    public bool TryFind(string agent, [NotNullWhen(true)] out MeshPath? path) => _paths.TryGetValue(agent, out path);

    /// <summary>Computes all paths anew.</summary>
    /// <param name="own">This agent's own document.</param>
    /// <param name="links">Its open links: these need nobody else's word.</param>
    /// <param name="documents">The documents of the others.</param>
    public void Compute(AgentDocument own, IEnumerable<PeerLink> links, IEnumerable<AgentDocument> documents)
    {
        Dictionary<string, AgentDocument> byId = documents.Where(document => document.Left != true).ToDictionary(document => document.Id, StringComparer.Ordinal);
        Dictionary<string, MeshPath> paths = new(byId.Count, StringComparer.Ordinal);
        var open = new PriorityQueue<(string Agent, MeshPath Path), (long Cost, string Agent)>(ByCostThenName.Instance);
        foreach (PeerLink link in links)
        {
            int ownCost = own.CostTo(link.PeerId) is > 0 and var told ? told : UnknownCost;
            int theirs = byId.TryGetValue(link.PeerId, out AgentDocument? peer) ? peer.CostTo(own.Id) : 0;
            var path = new MeshPath(link.PeerId, Math.Max(ownCost, theirs) + CostPerHop, 1);
            open.Enqueue((link.PeerId, path), (path.Cost, link.PeerId));
        }

        while (open.TryDequeue(out (string Agent, MeshPath Path) nearest, out _))
        {
            if (nearest.Agent == own.Id || !paths.TryAdd(nearest.Agent, nearest.Path) || !byId.TryGetValue(nearest.Agent, out AgentDocument? document))
            {
                continue;
            }

            foreach (DocumentNeighbour neighbour in document.Neighbours)
            {
                if (!paths.ContainsKey(neighbour.Id) && byId.TryGetValue(neighbour.Id, out AgentDocument? other) && other.CostTo(document.Id) is > 0 and var back)
                {
                    int cost = Math.Max(neighbour.Cost, back);
                    MeshPath path = new(nearest.Path.NextHop, nearest.Path.Cost + cost + CostPerHop, nearest.Path.Hops + 1);
                    open.Enqueue((neighbour.Id, path), (path.Cost, neighbour.Id));
                }
            }
        }

        _paths = paths;
    }

    private sealed class ByCostThenName : IComparer<(long Cost, string Agent)>
    {
        public static readonly ByCostThenName Instance = new();

        public int Compare((long Cost, string Agent) x, (long Cost, string Agent) y) =>
            x.Cost != y.Cost ? x.Cost.CompareTo(y.Cost) : string.CompareOrdinal(x.Agent, y.Agent);
    }
}
