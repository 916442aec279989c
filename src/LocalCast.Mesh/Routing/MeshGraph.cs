using System.Diagnostics.CodeAnalysis;

namespace LocalCast.Mesh;

/// <summary>Shortest paths from this agent to all others, by round trip, over the links that both their ends claim, in the life that they are in.</summary>
/// <remarks>In a large mesh this runs often: agents are numbers, nothing is made per link, and nothing at all is done when no link changed.</remarks>
internal sealed class MeshGraph
{
    /// <summary>What a hop costs besides its round trip, so that of two equal ways the one with fewer agents is taken.</summary>
    public const int CostPerHop = 100;

    private const int UnknownCost = 1000;
    private readonly GraphIndex _index = new();
    private readonly PriorityQueue<int, long> _open = new();
    private (string Id, ulong? Born)[] _peers = [];
    private HashSet<string> _outdated = new(StringComparer.Ordinal);

    /// <summary>Where links lead to in whatever life each end means; <see langword="null"/> when that makes no difference.</summary>
    private HashSet<string>? _inAnyLife;
    private Reached[] _reached = [];
    private Dictionary<string, MeshPath> _paths = new(StringComparer.Ordinal);

    /// <summary>Paths to all agents that can be reached. Another object when one of them changed.</summary>
    public IReadOnlyDictionary<string, MeshPath> Paths => _paths;

    public bool TryFind(string agent, [NotNullWhen(true)] out MeshPath? path) => _paths.TryGetValue(agent, out path);

    /// <summary>Whether an agent can be reached, and what its document says is true of it as it is now.</summary>
    public bool Knows(string agent) => _paths.ContainsKey(agent) && !IsOutdated(agent);

    /// <summary>Whether the document of a neighbour is not of the life that the link leads to.</summary>
    public bool IsOutdated(string agent) => _outdated.Contains(agent);

    /// <summary>Whether links lead to an agent of that id, in whatever life.</summary>
    public bool LeadsTo(string agent) => _inAnyLife?.Contains(agent) ?? _paths.ContainsKey(agent);

    /// <summary>What a link between two agents costs; 0 when they do not both claim it.</summary>
    public static int CostOf(AgentDocument one, AgentDocument other) =>
        one.CostTo(other) is > 0 and var there && other.CostTo(one) is > 0 and var back ? Math.Max(there, back) + CostPerHop : 0;

    /// <summary>Brings all paths up to date.</summary>
    /// <param name="own">This agent's own document.</param>
    /// <param name="links">Its open links: these need nobody else's word.</param>
    /// <param name="documents">The documents of the others.</param>
    public void Compute(AgentDocument own, IEnumerable<PeerLink> links, IEnumerable<AgentDocument> documents)
    {
        (string Id, ulong? Born)[] peers = [.. links.Select(link => (link.PeerId, link.Peer!.Born))];
        bool changed = _index.Update(own, documents) | !peers.AsSpan().SequenceEqual(_peers);
        if (!changed)
        {
            return;
        }

        _peers = peers;
        int[] first = Array.ConvertAll(peers, peer => _index.PlaceOf(peer.Id)); // one of them may have no document yet, or that of its former life
        _outdated = [.. peers.Where((peer, i) => !AgentBirth.MayBeOne(peer.Born, _index[first[i]].Document?.Born)).Select(peer => peer.Id)];
        _reached = _reached.Length >= _index.Count ? _reached : new Reached[_index.Count * 2];
        Array.Fill(_reached, new Reached(long.MaxValue, -1, 0));
        foreach (int place in first)
        {
            int told = _index[0].CostTo(place) is > 0 and var cost ? cost : UnknownCost;
            Offer(place, new Reached(Math.Max(told, _index[place].CostTo(0)) + CostPerHop, place, 1));
        }

        _reached[0] = new Reached(0, 0, 0);
        bool isOneLife = Search();
        Collect();
        _inAnyLife = isOneLife && _outdated.Count == 0 ? null : SearchInAnyLife(first);
    }

    /// <summary>Dijkstra's search. To a neighbour whose document is outdated leads its own link only: who else names it means its former life.</summary>
    /// <returns>Whether all that it met mean each other as they are.</returns>
    private bool Search()
    {
        bool isOneLife = true;
        while (_open.TryDequeue(out int place, out long cost))
        {
            Reached here = _reached[place];
            GraphIndex.Vertex vertex = _index[place];
            if (cost != here.Cost || !vertex.Forwards || IsOutdated(vertex.Id))
            {
                continue; // a better way was found meanwhile, nothing passes through it, or nobody knows yet what does
            }

            for (int i = 0; i < vertex.Neighbours.Length; i++)
            {
                int next = vertex.Neighbours[i];
                GraphIndex.Vertex other = _index[next];
                if (_reached[next].Cost <= cost || other.IndexOf(place) is not (>= 0 and var back))
                {
                    continue;
                }

                if (!vertex.Means(i, other) || !other.Means(back, vertex))
                {
                    isOneLife = false;
                }
                else if (!IsOutdated(other.Id))
                {
                    Offer(next, new Reached(cost + Math.Max(vertex.CostAt(i), other.CostAt(back)) + CostPerHop, here.NextHop, here.Hops + 1));
                }
            }
        }

        return isOneLife;
    }

    private HashSet<string> SearchInAnyLife(int[] first)
    {
        HashSet<int> seen = [0, .. first];
        Queue<int> open = new(first);
        while (open.TryDequeue(out int place))
        {
            GraphIndex.Vertex vertex = _index[place];
            foreach (int next in vertex.Forwards ? vertex.Neighbours : [])
            {
                if (_index[next].IndexOf(place) >= 0 && seen.Add(next))
                {
                    open.Enqueue(next);
                }
            }
        }

        seen.Remove(0);
        return [.. seen.Select(place => _index[place].Id)];
    }

    private void Collect()
    {
        Dictionary<string, MeshPath> paths = new(_paths.Count + 1, StringComparer.Ordinal);
        for (int place = 1; place < _index.Count; place++)
        {
            if (_reached[place] is { NextHop: >= 0 } way)
            {
                string id = _index[place].Id;
                string next = _index[way.NextHop].Id;
                bool isSame = _paths.TryGetValue(id, out MeshPath? old) && old.Cost == way.Cost && old.Hops == way.Hops && old.NextHop == next;
                paths.Add(id, isSame ? old! : new MeshPath(next, way.Cost, way.Hops));
            }
        }

        _paths = paths;
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
