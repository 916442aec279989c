using System.Diagnostics.CodeAnalysis;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>All links, by number and, once they are open, by the agent on the other side: one each.</summary>
internal sealed class LinkTable(MeshOptions options)
{
    private readonly Newcomers<PeerLink> _newcomers = new(options.MostUnfinished, options.MostUnfinishedEach, options.UnfinishedMoment);
    private readonly Dictionary<long, PeerLink> _links = [];
    private readonly Dictionary<string, PeerLink> _open = new(StringComparer.Ordinal);

    public IReadOnlyCollection<PeerLink> All => _links.Values;

    public IReadOnlyCollection<PeerLink> Open => _open.Values;

    /// <summary>Links that others dialled and whose handshake is not finished.</summary>
    public int Unfinished => _newcomers.Count;

    public int CountOpen(LinkDirection direction) => _open.Values.Count(link => link.Direction == direction);

    public bool TryFind(long number, [NotNullWhen(true)] out PeerLink? link) => _links.TryGetValue(number, out link);

    public bool TryFindOpen(string peer, [NotNullWhen(true)] out PeerLink? link) => _open.TryGetValue(peer, out link);

    public bool IsOwnNonce(ulong nonce) => nonce != 0 && _links.Values.Any(link => link.Direction == LinkDirection.Outbound && link.Nonce == nonce);

    /// <summary>
    /// Who gets the points for what came over a link: whoever it says that it is. But while it is not open nothing speaks for that, and an id that another
    /// link bears is not blamed, or a stranger could have others banned.
    /// </summary>
    public string WhoIsToBlame(PeerLink link)
    {
        string? claimed = link.Peer?.Id ?? link.ExpectedId;
        bool isBorneByAnother = claimed is not null && _open.TryGetValue(claimed, out PeerLink? holder) && !ReferenceEquals(holder, link);
        return claimed is null || isBorneByAnother ? link.Address : claimed;
    }

    /// <summary>Adds a link whose handshake begins. One that another dialled needs a place among those; without one it is to be refused.</summary>
    /// <param name="link">The link.</param>
    /// <param name="evicted">Who had to make room for it, and is to be closed.</param>
    public NewcomerVerdict Add(PeerLink link, out PeerLink? evicted)
    {
        _links.Add(link.Number, link);
        evicted = null;
        return link.Direction == LinkDirection.Inbound ? _newcomers.Admit(link, RemoteSource.Of(link.Address), link.Since, out evicted) : NewcomerVerdict.Admitted;
    }

    public void MarkOpen(PeerLink link, TimeSpan now)
    {
        link.Stage = LinkStage.Open;
        link.Since = now;
        _open[link.PeerId] = link;
        _newcomers.Remove(link);
    }

    public void Remove(PeerLink link)
    {
        if (!_links.Remove(link.Number))
        {
            return;
        }

        _newcomers.Remove(link);
        if (_open.TryGetValue(link.PeerId, out PeerLink? open) && ReferenceEquals(open, link))
        {
            _open.Remove(link.PeerId);
        }

        link.Stage = LinkStage.Closed;
    }
}
