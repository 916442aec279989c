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
    public const int CostPerHop = 100;

    private const int UnknownCost = 1000;
    private Dictionary<string, MeshPath> _paths = new(StringComparer.Ordinal);

    /// <summary>Paths to all agents that can be reached.</summary>
    public IReadOnlyDictionary<string, MeshPath> Paths => _paths;

    public bool TryFind(string agent, [NotNullWhen(true)] out MeshPath? path) => _paths.TryGetValue(agent, out path);

    /// <summary>What a link between two agents costs; 0 when they do not both claim it.</summary>
    public static int CostOf(AgentDocument one, AgentDocument other) =>
        one.CostTo(other.Id) is > 0 and var there && other.CostTo(one.Id) is > 0 and var back ? Math.Max(there, back) + CostPerHop : 0;

    /// <summary>Computes all paths anew.</summary>
    /// <param name="own">This agent's own document.</param>
    /// <param name="links">Its open links: these need nobody else's word.</param>
    /// <param name="documents">The documents of the others.</param>
    public void Compute(AgentDocument own, IEnumerable<PeerLink> links, IEnumerable<AgentDocument> documents)
    {
        List<AgentDocument?> known = [own];
        Dictionary<string, int> places = new(StringComparer.Ordinal) { [own.Id] = 0 };
        foreach (AgentDocument document in documents)
        {
            if (document.Left != true)
            {
                places.Add(document.Id, known.Count);
                known.Add(document);
            }
        }

        var search = new Search(known, places);
        foreach (PeerLink link in links)
        {
            search.Begin(own, link.PeerId);
        }

        search.Run();
        _paths = search.Collect(_paths);
    }

    /// <summary>Dijkstra's search. In a large mesh it runs often: agents are numbers here, and nothing is made per link.</summary>
    private sealed class Search(List<AgentDocument?> known, Dictionary<string, int> places)
    {
        private readonly PriorityQueue<int, long> _open = new();
        private readonly List<Reached> _reached = [.. Enumerable.Repeat(new Reached(long.MaxValue, -1, 0), known.Count)];

        public void Begin(AgentDocument own, string peer)
        {
            if (!places.TryGetValue(peer, out int place))
            {
                // A neighbour whose document has not come yet.
                place = known.Count;
                places.Add(peer, place);
                known.Add(null);
                _reached.Add(new Reached(long.MaxValue, -1, 0));
            }

            int told = own.CostTo(peer) is > 0 and var cost ? cost : UnknownCost;
            Offer(place, new Reached(Math.Max(told, known[place]?.CostTo(own.Id) ?? 0) + CostPerHop, place, 1));
        }

        public void Run()
        {
            _reached[0] = new Reached(0, 0, 0);
            while (_open.TryDequeue(out int place, out long cost))
            {
                Reached here = _reached[place];
                if (cost != here.Cost || known[place] is not { } document)
                {
                    continue; // a better way was found meanwhile, or nothing is known of what lies behind
                }

                foreach (DocumentNeighbour neighbour in document.Neighbours)
                {
                    if (places.TryGetValue(neighbour.Id, out int next) && _reached[next].Cost > cost && known[next]?.CostTo(document.Id) is > 0 and var back)
                    {
                        Offer(next, new Reached(cost + Math.Max(neighbour.Cost, back) + CostPerHop, here.NextHop, here.Hops + 1));
                    }
                }
            }
        }

        public Dictionary<string, MeshPath> Collect(Dictionary<string, MeshPath> before)
        {
            string[] names = new string[known.Count];
            foreach ((string id, int place) in places)
            {
                names[place] = id;
            }

            Dictionary<string, MeshPath> paths = new(known.Count, StringComparer.Ordinal);
            for (int place = 1; place < known.Count; place++)
            {
                if (_reached[place] is { NextHop: >= 0 } way)
                {
                    var path = new MeshPath(names[way.NextHop], way.Cost, way.Hops);
                    paths.Add(names[place], before.TryGetValue(names[place], out MeshPath? old) && old == path ? old : path);
                }
            }

            return paths;
        }

        private void Offer(int place, Reached way)
        {
            if (way.Cost < _reached[place].Cost)
            {
                _reached[place] = way;
                _open.Enqueue(place, way.Cost);
            }
        }

        private readonly record struct Reached(long Cost, int NextHop, int Hops);
    }
}
