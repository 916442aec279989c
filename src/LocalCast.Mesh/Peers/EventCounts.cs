namespace LocalCast.Mesh;

/// <summary>How often what happened: in all, and for each neighbour, or whoever wanted to be one. Bounded. Passive.</summary>
/// <remarks>
/// The names of events are those in the code, so there are few. Who dials may call itself what it likes: beyond the bound, whoever was heard of longest ago is
/// forgotten, while what it did stays in the sums.
/// </remarks>
internal sealed class EventCounts(int mostPeers = 4096)
{
    private static readonly Dictionary<string, long> Nothing = [];

    private readonly Dictionary<string, long> _all = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Peer> _peers = new(StringComparer.Ordinal);
    private long _total;

    /// <summary>All events by their names.</summary>
    public IReadOnlyDictionary<string, long> All => new SortedDictionary<string, long>(_all, StringComparer.Ordinal);

    /// <summary>Counts an event, for the whole agent and for who it is about.</summary>
    /// <param name="name">What happened, as a short word.</param>
    /// <param name="peer">An agent's id, or an address where that is not known; nothing when it is about none of them.</param>
    public void Add(string name, string? peer)
    {
        _total++;
        _all[name] = _all.GetValueOrDefault(name) + 1;
        if (string.IsNullOrEmpty(peer))
        {
            return;
        }

        if (!_peers.TryGetValue(peer, out Peer? known))
        {
            if (_peers.Count >= mostPeers)
            {
                _peers.Remove(_peers.MinBy(pair => pair.Value.Last).Key);
            }

            _peers[peer] = known = new Peer();
        }

        known.Last = _total;
        known.Counts[name] = known.Counts.GetValueOrDefault(name) + 1;
    }

    /// <summary>What was counted for one.</summary>
    public IReadOnlyDictionary<string, long> Of(string? peer) => peer is not null && _peers.TryGetValue(peer, out Peer? known) ? new SortedDictionary<string, long>(known.Counts, StringComparer.Ordinal) : Nothing;

    private sealed class Peer
    {
        /// <summary>The number of the last event.</summary>
        public long Last { get; set; }

        public Dictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);
    }
}
