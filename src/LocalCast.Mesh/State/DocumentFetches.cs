using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Documents that were asked for and have not come: each is asked of one neighbour at a time, of those that told of it.</summary>
internal sealed class DocumentFetches(LinkTable links, MeshOutput output)
{
    /// <summary>The most at a time.</summary>
    public const int Most = 16_384;

    private const int MostOthers = 8;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, Fetch> _fetches = new(StringComparer.Ordinal);

    /// <summary>When another neighbour has to be asked; may be earlier, never later.</summary>
    public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

    /// <summary>A neighbour told of a newer document.</summary>
    /// <returns>Whether to ask it. If another is being asked already, it stands by.</returns>
    public bool ShouldAsk(PeerLink link, StateSeqEntry entry, TimeSpan now)
    {
        if (_fetches.TryGetValue(entry.Id, out Fetch? fetch) && !(entry.Version > fetch.Version))
        {
            if (fetch.Others.Count < MostOthers)
            {
                fetch.Others.Enqueue(link.Number);
            }

            return false;
        }

        if (fetch is null && _fetches.Count >= Most)
        {
            return false;
        }

        _fetches[entry.Id] = new Fetch(entry.Version, link.Number) { Until = now + AnswerWithin };
        Due = MeshMachine.Earliest(Due, now + AnswerWithin);
        return true;
    }

    public void Arrived(AgentDocument document)
    {
        if (_fetches.TryGetValue(document.Id, out Fetch? fetch) && !(fetch.Version > document.Version))
        {
            _fetches.Remove(document.Id);
        }
    }

    public void Ended(long link)
    {
        foreach (Fetch fetch in _fetches.Values)
        {
            if (fetch.From == link)
            {
                fetch.Until = Due = TimeSpan.Zero; // another is asked at the next tick
            }
        }
    }

    public void Tick(TimeSpan now)
    {
        if (now < Due)
        {
            return;
        }

        Dictionary<long, List<string>> again = [];
        foreach ((string id, Fetch fetch) in _fetches.ToArray())
        {
            if (now < fetch.Until)
            {
                continue;
            }

            // Whoever told of it and is still there is asked next; when nobody is left, the digest will bring it up again.
            long next = 0;
            while (fetch.Others.TryDequeue(out long other) && !IsOpen(next = other))
            {
                next = 0;
            }

            if (next == 0)
            {
                _fetches.Remove(id);
                continue;
            }

            (fetch.From, fetch.Until) = (next, now + AnswerWithin);
            (again.TryGetValue(next, out List<string>? ids) ? ids : again[next] = []).Add(id);
        }

        foreach ((long number, List<string> ids) in again)
        {
            if (links.TryFind(number, out PeerLink? link))
            {
                Ask(link, ids);
            }
        }

        Due = _fetches.Count == 0 ? TimeSpan.MaxValue : _fetches.Values.Min(fetch => fetch.Until);
    }

    public void Ask(PeerLink link, List<string> ids)
    {
        if (ids.Count > 0)
        {
            output.Send(link, MeshMessage.Of(MessageType.StateRequest, new StateRequestData { Ids = ids }, MeshJson.Default.StateRequestData));
        }
    }

    private bool IsOpen(long number) => links.TryFind(number, out PeerLink? link) && link.Stage == LinkStage.Open;

    private sealed class Fetch(DocumentVersion version, long from)
    {
        public DocumentVersion Version { get; } = version;

        public long From { get; set; } = from;

        public TimeSpan Until { get; set; }

        public Queue<long> Others { get; } = new();
    }
}
