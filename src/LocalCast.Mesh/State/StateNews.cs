using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Documents that changed and are told to neighbours: all that changed meanwhile in one message each, and the same message for all but those that it came from.</summary>
internal sealed class StateNews(DocumentStore store, OwnDocument own, LinkTable links, MeshOutput output)
{
    private readonly Dictionary<string, long> _changed = new(StringComparer.Ordinal);
    private TimeSpan _notBefore;

    /// <summary>When the next ones are told; <see cref="TimeSpan.MaxValue"/> when there are none.</summary>
    public TimeSpan Due => _changed.Count == 0 ? TimeSpan.MaxValue : _notBefore;

    /// <summary>A document is to be told to all neighbours but the one it came from.</summary>
    public void Add(string id, long from) => _changed[id] = from;

    /// <summary>Tells what changed since the last time.</summary>
    public void Tell(TimeSpan now)
    {
        if (_changed.Count == 0)
        {
            return;
        }

        // With many neighbours every telling is many messages, and each of them leads to two more: changes that come in crowds are taken together.
        _notBefore = now + TimeSpan.FromMilliseconds(links.Open.Count / 4);
        List<(StateSeqEntry Entry, long From)> news = Collect();
        if (news.Count == 0)
        {
            return;
        }

        HashSet<long> sources = [.. news.Select(item => item.From)];
        Envelope? toOthers = null;
        foreach (PeerLink link in links.Open)
        {
            if (!sources.Contains(link.Number))
            {
                output.Send(link, toOthers ??= MessageOf([.. news.Select(item => item.Entry)]));
            }
            else if (news.Any(item => item.From != link.Number))
            {
                output.Send(link, MessageOf([.. news.Where(item => item.From != link.Number).Select(item => item.Entry)]));
            }
        }
    }

    public static Envelope MessageOf(IReadOnlyList<StateSeqEntry> entries) => MeshMessage.Of(MessageType.StateSeq, new StateSeqData { Entries = entries }, MeshJson.Default.StateSeqData);

    public static StateSeqEntry EntryOf(AgentDocument document) => new() { Id = document.Id, Boot = document.Boot, Seq = document.Seq };

    private List<(StateSeqEntry Entry, long From)> Collect()
    {
        List<(StateSeqEntry Entry, long From)> news = [];
        foreach ((string id, long from) in _changed)
        {
            if (id == own.Current.Id)
            {
                news.Add((EntryOf(own.Current), 0));
            }
            else if (own.Current.Leaf != true && store.TryFind(id, out AgentDocument? document) && (store.IsTold(id) || document.Left == true))
            {
                news.Add((EntryOf(document), from));
            }
        }

        _changed.Clear();
        return news;
    }
}
