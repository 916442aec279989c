using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Why links ended or never came to be, by agent where it is known and by address otherwise. Bounded. Passive.</summary>
internal sealed class PeerJournal
{
    private const int MostPeers = 512;
    private const int MostEach = 8;
    private readonly Dictionary<string, List<Entry>> _entries = new(StringComparer.Ordinal);

    public void Add(string? peer, ErrorInfo reason, TimeSpan now)
    {
        if (string.IsNullOrEmpty(peer))
        {
            return;
        }

        if (!_entries.TryGetValue(peer, out List<Entry>? entries))
        {
            if (_entries.Count >= MostPeers)
            {
                _entries.Remove(_entries.MinBy(pair => pair.Value[^1].At).Key);
            }

            _entries[peer] = entries = [];
        }

        if (entries.Count > 0 && entries[^1] is var last && last.Reason.Code == reason.Code && last.Reason.Message == reason.Message)
        {
            entries[^1] = last with { At = now, Count = last.Count + 1 };
            return;
        }

        entries.Add(new Entry(now, reason, 1));
        if (entries.Count > MostEach)
        {
            entries.RemoveAt(0);
        }
    }

    public IEnumerable<PeerEvent> Of(IEnumerable<string> peers, TimeSpan now) => peers
        .SelectMany(peer => _entries.GetValueOrDefault(peer) ?? [])
        .OrderByDescending(entry => entry.At)
        .Select(entry => new PeerEvent(now - entry.At, entry.Reason, entry.Count));

    private sealed record Entry(TimeSpan At, ErrorInfo Reason, int Count);
}
