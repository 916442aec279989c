using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Asks for, gives and passes on addresses of agents.</summary>
internal sealed class AddressGossip(MeshSelf self, MeshOptions options, LinkTable links, AddressBook book, MisbehaviourLedger ledger, MeshOutput output, Random random)
{
    private const int MostForwarded = 2;
    private const int MostKnownPerLink = 5000;
    private readonly Dictionary<long, Talk> _talks = [];

    public void Opened(PeerLink link)
    {
        var talk = new Talk { HasAsked = link.Direction == LinkDirection.Outbound };
        _talks[link.Number] = talk;
        if (link.Direction == LinkDirection.Inbound)
        {
            return;
        }

        output.Send(link, new Envelope { Type = MessageType.AddrRequest });
        if (self.ListenAddress is { } own && MayTell(own))
        {
            Announce(link, talk, own);
        }
    }

    public void Ended(PeerLink link) => _talks.Remove(link.Number);

    public void Receive(PeerLink link, Envelope message, MeshTime time)
    {
        if (!_talks.TryGetValue(link.Number, out Talk? talk))
        {
            return;
        }

        switch (message.Type)
        {
            case MessageType.AddrRequest:
                Answer(link, talk);
                break;
            case MessageType.AddrList:
                Learn(link, talk, message, time);
                break;
            default:
                PassOn(link, talk, message, time);
                break;
        }
    }

    /// <summary>Only who dialled is answered, and once: nobody reads the book out of an agent by asking again and again.</summary>
    private void Answer(PeerLink link, Talk talk)
    {
        if (link.Direction == LinkDirection.Outbound || talk.HasAnswered)
        {
            return;
        }

        talk.HasAnswered = true;
        IEnumerable<string> linked = links.Open.Where(other => other != link).Select(other => other.Peer!.ListenAddress).OfType<string>().Where(MayTell);
        var list = new AddressList { Addresses = [.. linked.Concat(book.Sample(AddressList.Most, options.AnnouncePrivateAddresses)).Distinct().Take(AddressList.Most)] };
        foreach (string address in list.Addresses)
        {
            talk.Know(address);
        }

        output.Send(link, MeshMessage.Of(MessageType.AddrList, list, MeshJson.Default.AddressList));
    }

    private void Learn(PeerLink link, Talk talk, Envelope message, MeshTime time)
    {
        if (!talk.HasAsked || talk.HasList)
        {
            Penalise(link, MisbehaviourLedger.Slip, "an addr_list that was not asked for", time);
            return;
        }

        talk.HasList = true;
        if (!MeshMessage.TryRead(message, MeshJson.Default.AddressList, out AddressList? list, out ErrorInfo? why))
        {
            Penalise(link, MisbehaviourLedger.Slip, why.Message, time);
            return;
        }

        if (list.Addresses.Count > AddressList.Most)
        {
            Penalise(link, MisbehaviourLedger.Unbearable, $"{list.Addresses.Count} addresses in one list", time);
            return;
        }

        foreach (string address in list.Addresses)
        {
            TryLearn(address, link.PeerId);
        }
    }

    private void PassOn(PeerLink link, Talk talk, Envelope message, MeshTime time)
    {
        if (!talk.Announcements.TryTake(time.Now)
            || !MeshMessage.TryRead(message, MeshJson.Default.AddressList, out AddressList? list, out _)
            || list.Addresses is not [{ } told] || !Addresses.TryNormalize(told, out string? address) || !MayTell(address))
        {
            return;
        }

        talk.Know(address);
        TryLearn(address, link.PeerId);
        PeerLink[] others = [.. links.Open.Where(other => other != link && _talks.TryGetValue(other.Number, out Talk? t) && !t.Knows(address))];
        random.Shuffle(others);
        foreach (PeerLink other in others.Take(MostForwarded))
        {
            Announce(other, _talks[other.Number], address);
        }
    }

    private void Announce(PeerLink link, Talk talk, string address)
    {
        if (talk.Know(address))
        {
            output.Send(link, MeshMessage.Of(MessageType.AddrAnnounce, new AddressList { Addresses = [address] }, MeshJson.Default.AddressList));
        }
    }

    private void TryLearn(string? address, string source)
    {
        if (Addresses.TryNormalize(address, out string? normal) && MayTell(normal) && normal != self.ListenAddress)
        {
            book.AddLearnt(normal, source);
        }
    }

    private void Penalise(PeerLink link, int points, string why, MeshTime time)
    {
        ledger.Add(link.PeerId, points, time.Wall);
        output.Notice("misbehaviour", link, why);
    }

    private bool MayTell(string address) => options.AnnouncePrivateAddresses || Addresses.IsPublic(address);

    /// <summary>What was said on one link.</summary>
    private sealed class Talk
    {
        private readonly HashSet<string> _known = new(StringComparer.Ordinal);

        public bool HasAsked { get; init; }

        public bool HasList { get; set; }

        public bool HasAnswered { get; set; }

        public TokenBucket Announcements { get; } = new(0.1, 10, 10);

        public bool Knows(string address) => _known.Contains(address);

        public bool Know(string address) => _known.Count < MostKnownPerLink && _known.Add(address);
    }
}
