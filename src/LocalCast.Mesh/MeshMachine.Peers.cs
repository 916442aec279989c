using LocalCast.Protocol;

namespace LocalCast.Mesh;

// Peers that a person adds, removes, and asks about.
public sealed partial class MeshMachine
{
    /// <summary>A person chose an address: it is dialled at once and for ever, and who answers there is never banned.</summary>
    /// <returns>What is wrong with it; <see langword="null"/> when nothing is.</returns>
    public ErrorInfo? AddPeer(string address, MeshTime time)
    {
        _time = time;
        if (Self.WhyNotPeer(address, out string normal) is { } why)
        {
            return why;
        }

        Book.AddConfigured(normal);
        Ledger.Pardon(normal);
        foreach (PeerLink link in _links.Open.Where(link => link.Direction == LinkDirection.Outbound && link.Address == normal))
        {
            MarkConfigured(link);
        }

        ComeBack(time, isAsked: true);
        (_nextDial, _dialDue) = (TimeSpan.Zero, TimeSpan.Zero);
        return null;
    }

    /// <summary>A person no longer wants a peer: its links are closed, its addresses forgotten and not learnt again. It may still dial this agent; who is not to come back is banned.</summary>
    /// <param name="peer">An address, also without its scheme, or an agent's id.</param>
    /// <param name="time">The time.</param>
    /// <returns>Whether there was such a peer.</returns>
    public bool RemovePeer(string peer, MeshTime time)
    {
        _time = time;
        IReadOnlyList<string> addresses = EnteredAddress.Spellings(peer);
        AddressEntry? entry = Book.Entries.FirstOrDefault(other => addresses.Contains(other.Address));
        string? id = entry is null ? peer : entry.Id;
        PeerLink[] links = [.. _links.All.Where(link => addresses.Contains(link.Address) || addresses.Contains(link.Peer?.ListenAddress) || (id is not null && link.Peer?.Id == id))];
        AddressEntry[] entries = [.. Book.Entries.Where(other => addresses.Contains(other.Address) || (id is not null && other.Id == id) || links.Any(link => link.Peer?.Id is { } linked && other.Id == linked))];

        // First the addresses: a link that ends reports to the book.
        foreach (AddressEntry other in entries)
        {
            if (other is { Kind: AddressKind.Configured, Id: { } chosen })
            {
                Ledger.EndExemption(chosen);
            }

            Book.Block(other.Address);
        }

        var reason = new ErrorInfo(LocalCastError.Disconnected, "this agent's owner removed the peer");
        foreach (PeerLink link in links)
        {
            if (link.IsConfigured)
            {
                Ledger.EndExemption(link.PeerId);
            }

            if (link.Peer?.ListenAddress is { } listen)
            {
                Book.Block(listen);
            }

            _keeper.Close(link, reason, time);
        }

        Settle();
        return links.Length + entries.Length > 0;
    }

    /// <summary>All links, and the addresses that a person chose and that have none.</summary>
    public IReadOnlyList<PeerInfo> Peers(MeshTime time) => [.. _peers.All(time)];

    /// <summary>Why a peer is, or is not, linked.</summary>
    /// <param name="peer">An address, also without its scheme, an agent's id or its name.</param>
    /// <param name="time">The time.</param>
    public PeerReport WhyPeer(string peer, MeshTime time) => _peers.Explain(peer, time);

    /// <summary>Who would get a call now, by which way, with what measured round trips; or why nobody would.</summary>
    /// <param name="to">A node's name, <c>name@agent</c>, or <c>@agent</c>; the agent by its id or its name.</param>
    /// <param name="time">The time.</param>
    public RouteReport RouteTo(string to, MeshTime time) => _traffic.Requests.RouteTo(to, time.Now);

    private void MarkConfigured(PeerLink link)
    {
        link.IsConfigured = true;
        Ledger.Exempt(link.PeerId);
    }
}
