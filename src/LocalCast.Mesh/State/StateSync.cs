using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Tells neighbours which documents there are, and fetches those that are newer elsewhere.</summary>
/// <remarks>At rest only a digest of eight bytes passes per link every half minute. A change is told as (id, boot, seq) and the document is fetched once.</remarks>
internal sealed class StateSync(DocumentStore store, OwnDocument own, TwinWatch twins, LinkTable links, MisbehaviourLedger ledger, MeshOutput output, Random random)
{
    private const int MostEntries = DocumentFetches.Most;
    private static readonly TimeSpan DigestEvery = TimeSpan.FromSeconds(30);

    /// <summary>With many links one of them is always due: they are looked through once in a while.</summary>
    private static readonly TimeSpan DigestRound = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FullAtMostEvery = TimeSpan.FromSeconds(5);

    private readonly Dictionary<long, Talk> _talks = [];
    private readonly DocumentFetches _fetches = new(links, output);
    private readonly DocumentGiver _giver = new(store, own, output);
    private readonly OwnIdGuard _guard = new(own, twins, output, random);
    private readonly StateNews _news = new(store, own, links, output);

    private TimeSpan _digestDue = TimeSpan.MaxValue;

    /// <summary>When <see cref="Tick"/> or <see cref="Flush"/> has something to do; may be earlier, never later.</summary>
    public TimeSpan Due => MeshMachine.Earliest(MeshMachine.Earliest(_news.Due, _digestDue), MeshMachine.Earliest(_fetches.Due, _guard.Due));

    public void Opened(PeerLink link, TimeSpan now)
    {
        var talk = new Talk { NextDigest = now + (DigestEvery * (0.5 + (random.NextDouble() / 2))) };
        _talks[link.Number] = talk;
        _digestDue = MeshMachine.Earliest(_digestDue, talk.NextDigest);
        twins.Linked(now);
        SendAll(link, now);
    }

    public void Ended(PeerLink link)
    {
        _talks.Remove(link.Number);
        _fetches.Ended(link.Number);
    }

    /// <summary>A document is to be told to all neighbours but the one it came from.</summary>
    public void Changed(string id, long from = 0) => _news.Add(id, from);

    /// <summary>Takes a message about state.</summary>
    /// <returns>Whether a document changed.</returns>
    public bool Receive(PeerLink link, Envelope message, MeshTime time)
    {
        if (!_talks.TryGetValue(link.Number, out Talk? talk))
        {
            // It is heard before it is open: which of two links to the agent stays is still to be seen, and what is told once must not be missed.
            _talks[link.Number] = talk = new Talk { NextDigest = TimeSpan.MaxValue };
        }

        if (!talk.Rate.TryTake(time.Now))
        {
            output.Notice("state_flood", link);
            return false;
        }

        switch (message.Type)
        {
            case MessageType.StateSeq when Read(link, message, MeshJson.Default.StateSeqData, time) is { } data:
                Compare(link, talk, data, time);
                return false;
            case MessageType.StateRequest when Read(link, message, MeshJson.Default.StateRequestData, time) is { } data:
                _giver.Give(link, data);
                return false;
            case MessageType.State when Read(link, message, MeshJson.Default.StateData, time) is { } data:
                return Take(link, data, time);
            default:
                return false;
        }
    }

    public void Tick(TimeSpan now)
    {
        _fetches.Tick(now);
        _guard.Tick(now);
        if (now >= _digestDue)
        {
            SendDigests(now);
        }
    }

    /// <summary>Tells what changed, if it is time.</summary>
    public void Flush(TimeSpan now)
    {
        if (now >= _news.Due)
        {
            _news.Tell(now);
        }
    }

    /// <summary>Tells the last version of this agent's document. Nobody can fetch it any more: it goes along.</summary>
    public void Leave(TimeSpan now)
    {
        Changed(own.Current.Id);
        _news.Tell(now);
        _giver.GiveOwn(links.Open);
    }

    private void SendDigests(TimeSpan now)
    {
        _digestDue = TimeSpan.MaxValue;
        foreach (PeerLink link in links.Open)
        {
            if (!_talks.TryGetValue(link.Number, out Talk? talk))
            {
                continue;
            }

            if (now >= talk.NextDigest)
            {
                talk.NextDigest = now + DigestEvery;
                output.Send(link, MeshMessage.Of(MessageType.StateSeq, new StateSeqData { Digest = store.Digest(own.Current) }, MeshJson.Default.StateSeqData));
            }

            _digestDue = MeshMachine.Earliest(_digestDue, talk.NextDigest);
        }

        _digestDue = _digestDue > now + DigestRound ? _digestDue : now + DigestRound;
    }

    private void Compare(PeerLink link, Talk talk, StateSeqData data, MeshTime time)
    {
        if (data.Entries is { Count: > MostEntries })
        {
            Penalise(link, $"{data.Entries.Count} entries in one state_seq", time);
            return;
        }

        List<string> wanted = [];
        foreach (StateSeqEntry entry in data.Entries ?? [])
        {
            if (IsNews(entry, link, time) && _fetches.ShouldAsk(link, entry, time.Now))
            {
                wanted.Add(entry.Id);
            }
        }

        _fetches.Ask(link, wanted);
        bool differs = data.Entries is null && data.Digest is { } digest && digest != store.Digest(own.Current);
        if (differs && time.Now >= talk.NoFullBefore)
        {
            SendAll(link, time.Now);
        }
    }

    /// <summary>Whether a document is worth asking for. One with this agent's id is looked at before it is outbid.</summary>
    private bool IsNews(StateSeqEntry entry, PeerLink link, MeshTime time)
    {
        if (entry.Id != own.Current.Id)
        {
            return store.IsNews(entry.Id, entry.Version);
        }

        string? why = _guard.Hear(entry.Version, time);
        PenaliseIf(why, link, time);
        return why is null && _guard.IsAbove(entry.Version);
    }

    private bool Take(PeerLink link, StateData data, MeshTime time)
    {
        bool changed = false;
        foreach (AgentDocument document in data.Documents)
        {
            _fetches.Arrived(document);
            bool wasReachable = store.IsReachable(document.Id);

            switch (store.Accept(document, time))
            {
                case DocumentVerdict.Accepted:
                    Changed(document.Id, link.Number);
                    if (wasReachable && document.Left != true)
                    {
                        output.Add(new AgentChanged(document.Id, store.IsReachable(document.Id) ? document : null));
                    }

                    changed = true;
                    break;
                case DocumentVerdict.Old:
                    output.Count("old_state", link); // honest ones cross on their way, too
                    break;
                case DocumentVerdict.Own:
                    PenaliseIf(_guard.Hear(document, time), link, time);
                    break;
                case DocumentVerdict.Refused:
                    Penalise(link, $"a document that is refused: {DocumentStore.WhatIsWrong(document, time.Wall) ?? "no room"}", time);
                    break;
                default:
                    break;
            }
        }

        return changed;
    }

    private void PenaliseIf(string? why, PeerLink link, MeshTime time)
    {
        if (why is not null)
        {
            Penalise(link, $"a document of this agent that is refused: {why}", time);
        }
    }

    private void SendAll(PeerLink link, TimeSpan now)
    {
        _talks[link.Number].NoFullBefore = now + FullAtMostEvery;

        // A leaf passes nothing on: others would learn of agents to which there is no way.
        IEnumerable<AgentDocument> others = own.Current.Leaf == true ? [] : store.Told.Where(document => document.Id != link.PeerId);
        IEnumerable<AgentDocument> all = others.Prepend(own.Current);
        if (store.TryFind(link.PeerId, out AgentDocument? theirs))
        {
            // An agent whose clock was set back learns what version it has to rise above.
            all = all.Append(theirs);
        }

        output.Send(link, StateNews.MessageOf([.. all.Take(MostEntries).Select(StateNews.EntryOf)]));
    }

    private T? Read<T>(PeerLink link, Envelope message, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape, MeshTime time)
        where T : class
    {
        if (MeshMessage.TryRead(message, shape, out T? data, out ErrorInfo? why))
        {
            return data;
        }

        Penalise(link, why.Message, time);
        return null;
    }

    private void Penalise(PeerLink link, string why, MeshTime time)
    {
        ledger.Add(link.PeerId, MisbehaviourLedger.Slip, time.Wall);
        output.Notice("misbehaviour", link, why);
    }

    private sealed class Talk
    {
        public TimeSpan NextDigest { get; set; }

        public TimeSpan NoFullBefore { get; set; }

        /// <summary>Far more than an honest neighbour sends, even while a large mesh starts.</summary>
        public TokenBucket Rate { get; } = new(200, 1000, 1000);
    }
}
