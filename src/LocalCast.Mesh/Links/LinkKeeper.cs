using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Opens, watches and closes links. What else is said over an open link is not its business.</summary>
internal sealed partial class LinkKeeper
{
    private readonly MeshSelf _self;
    private readonly MeshOptions _options;
    private readonly LinkTable _links;
    private readonly MisbehaviourLedger _ledger;
    private readonly LinkGate _gate;
    private readonly MeshOutput _output;
    private readonly LinkWatch _watch;
    private readonly Dictionary<long, LinkProbe> _probes = [];

    public LinkKeeper(MeshSelf self, MeshOptions options, LinkTable links, MisbehaviourLedger ledger, MeshOutput output, Random random)
    {
        (_self, _options, _links, _ledger, _output) = (self, options, links, ledger, output);
        _gate = new LinkGate(self, options, links, ledger) { Carries = () => Carries(), Away = () => Away() };
        _watch = new LinkWatch(options, output, random) { Doubted = link => Doubted!(link) };
    }

    /// <summary>Called when a link has become open.</summary>
    public required Action<PeerLink, MeshTime> Opened { get; init; }

    /// <summary>Called when a link became suspect, or is so no more.</summary>
    public required Action<PeerLink> Doubted { get; init; }

    /// <summary>Called when a link ended, with the stage it had reached.</summary>
    public required Action<PeerLink, LinkStage, ErrorInfo, MeshTime> Ended { get; init; }

    /// <summary>Says how many agents are reached by way of each neighbour.</summary>
    public Func<IReadOnlyDictionary<string, int>> Carries { get; init; } = () => new Dictionary<string, int>();

    /// <summary>Says why this agent is away from the mesh, and takes no links; nothing when it is not.</summary>
    public Func<ErrorInfo?> Away { get; init; } = () => null;

    /// <summary>When <see cref="Tick"/> has something to do; may be earlier, never later.</summary>
    public TimeSpan Due { get; private set; } = TimeSpan.MaxValue;

    public void Add(PeerLink link, MeshTime time)
    {
        NewcomerVerdict verdict = _links.Add(link, out PeerLink? evicted);
        Due = MeshMachine.Earliest(Due, time.Now + _options.HandshakeLimit);
        if (evicted is not null)
        {
            _output.Notice("newcomer_evicted", evicted, $"from {evicted.Address}, for one from {link.Address}");
            Close(evicted, new ErrorInfo(LocalCastError.Busy, "its handshake was not finished and made room for another") { RetryAfter = _options.UnfinishedMoment }, time);
        }

        if (verdict != NewcomerVerdict.Admitted)
        {
            string where = verdict == NewcomerVerdict.SourceIsFull ? $" from {RemoteSource.Of(link.Address)}" : "";
            Refuse(link, new ErrorInfo(LocalCastError.Busy, $"too many unfinished handshakes{where}") { RetryAfter = _options.UnfinishedMoment }, time);
        }
        else if (link.Direction == LinkDirection.Outbound)
        {
            link.Nonce = _watch.NextNonce();
            link.Trip.Sent(link.Nonce, time.Now);
            _output.Send(link, LinkHello.Message(MessageType.Hello, _self, link, time));
        }
    }

    /// <summary>Looks at a message that came in.</summary>
    /// <returns>Whether it is for the others: the link is open and the message is not about the link itself.</returns>
    public bool Receive(PeerLink link, Envelope message, int size, MeshTime time)
    {
        link.Received++;
        if (message.Type != MessageType.PingResponse)
        {
            _watch.Lives(link, time.Now);
            Due = link.IsSuspect ? MeshMachine.Earliest(Due, _watch.DueOf(link)) : Due;
        }

        if (message.Type == MessageType.Goodbye)
        {
            LeftByTheOther(link, MeshMessage.ReasonOf(message), message.From, time);
            return false;
        }

        if (link.Stage == LinkStage.Handshake)
        {
            Introduced(link, message, size, time);
            return false;
        }

        return link.IsHeard && !IsAboutTheLink(link, message, time);
    }

    public void Tick(MeshTime time)
    {
        if (time.Now < Due)
        {
            return;
        }

        foreach (PeerLink link in _links.All.ToArray())
        {
            if (link.Stage == LinkStage.Handshake && time.Now - link.Since >= _options.HandshakeLimit)
            {
                Refuse(link, new ErrorInfo(LocalCastError.Timeout, "the handshake took too long"), time);
            }
            else if (link.Stage == LinkStage.Probing)
            {
                SettleProbe(link, time);
            }
            else if (link.Stage == LinkStage.Open)
            {
                if (_watch.IsDead(link, time.Now))
                {
                    Close(link, new ErrorInfo(LocalCastError.Timeout, link.ClearingSince is null ? "the other agent is silent" : "the other agent was silent, and does not answer since"), time);
                }
            }
        }

        Due = _links.All.Count == 0 ? TimeSpan.MaxValue : _links.All.Min(link => DueOf(link, time.Now));
    }

    /// <summary>Says why, then closes.</summary>
    public void Close(PeerLink link, ErrorInfo reason, MeshTime time, bool saysWho = false)
    {
        _output.Send(link, MeshMessage.Goodbye(reason) with { From = saysWho ? _self.Id : null });
        Forget(link, reason, time);
    }

    /// <summary>Closes a link that is of no use for a goodbye, or already has none.</summary>
    public void Forget(PeerLink link, ErrorInfo reason, MeshTime time)
    {
        LinkStage stage = link.Stage;
        if (stage == LinkStage.Closed)
        {
            return;
        }

        _probes.Remove(link.Number);
        _links.Remove(link);
        _output.Add(new CloseLink(link.Number, reason));
        Ended(link, stage, reason, time);
    }

    /// <summary>Closes a link that has not become one, and lets people know.</summary>
    private void Refuse(PeerLink link, ErrorInfo reason, MeshTime time, bool saysWho = false)
    {
        _output.Notice("link_refused", link, reason.ToString());
        Close(link, reason, time, saysWho);
    }

    private void LeftByTheOther(PeerLink link, ErrorInfo reason, string? refuser, MeshTime time)
    {
        if (link.Stage == LinkStage.Handshake)
        {
            // It counts only when there is a link to that agent: what else it says of itself, nobody has checked.
            bool isLinkedTwice = link.Direction == LinkDirection.Outbound && reason.Code == LocalCastError.DuplicateNode && refuser is not null && _links.TryFindOpen(refuser, out _);
            link.LinkedAs = isLinkedTwice ? refuser : null;
            _output.Notice("link_refused_there", link, reason.ToString());
        }

        Forget(link, reason, time);
    }

    private void Introduced(PeerLink link, Envelope first, int size, MeshTime time)
    {
        LinkVerdict verdict = _gate.Judge(link, first, size, time);
        link.Peer = verdict.Hello;
        if (verdict.Refusal is { } refusal)
        {
            if (refusal.Code is LocalCastError.BadRequest or LocalCastError.TooLarge)
            {
                _ledger.Add(_links.WhoIsToBlame(link), MisbehaviourLedger.Unbearable, time.Wall);
            }

            Refuse(link, refusal, time);
            return;
        }

        if (verdict.Probe is { } holder)
        {
            link.Stage = LinkStage.Probing;
            _probes[link.Number] = new LinkProbe(holder, link.Direction == LinkDirection.Outbound ? _options.HandshakeLimit : _options.DuplicateProbe, time.Now);
            _watch.AskUnlessAsked(holder, time.Now);
            Due = time.Now;
            return;
        }

        if (verdict.Evicts is { } evicted)
        {
            _output.Notice("link_evicted", evicted, $"for '{verdict.Hello?.Id}'");
            Close(evicted, new ErrorInfo(LocalCastError.Busy, "too many inbound links; it made room for another") { RetryAfter = _options.HandshakeLimit }, time);
        }

        Open(link, time);
        if (verdict.Replaces is { } replaced)
        {
            // Behind it: what is reached by way of the other agent is not lost in between.
            Close(replaced, new ErrorInfo(LocalCastError.DuplicateNode, "another link between the two agents stays"), time);
        }
    }

    private void Open(PeerLink link, MeshTime time)
    {
        _links.MarkOpen(link, time.Now);
        LinkWatch.Opened(link, time.Now);
        Due = MeshMachine.Earliest(Due, _watch.DueOf(link));
        if (link.Direction == LinkDirection.Inbound)
        {
            _output.Send(link, LinkHello.Message(MessageType.HelloAck, _self, link, time));
            _watch.Ask(link, time.Now); // measures the round trip
        }
        else
        {
            link.Trip.TryAnswer(link.Nonce, time.Now);
        }

        _output.Notice("link_open", link, link.Address);
        Opened(link, time);
    }

    private TimeSpan DueOf(PeerLink link, TimeSpan now) => link.Stage switch
    {
        LinkStage.Handshake => link.Since + _options.HandshakeLimit,
        LinkStage.Open => _watch.DueOf(link),
        _ => now, // whatever comes from the holder of the id decides
    };

    private bool IsAboutTheLink(PeerLink link, Envelope message, MeshTime time)
    {
        switch (message.Type)
        {
            case MessageType.PingRequest:
                _output.Send(link, new Envelope { Type = MessageType.PingResponse, PayloadKind = message.PayloadKind, Payload = message.Payload });
                break;
            case MessageType.PingResponse:
                _watch.Answered(link, message, time.Now);
                Due = link.IsSuspect ? MeshMachine.Earliest(Due, _watch.DueOf(link)) : Due;
                break;
            case MessageType.Hello or MessageType.HelloAck:
                _ledger.Add(link.PeerId, MisbehaviourLedger.Slip, time.Wall);
                _output.Notice("unexpected_message", link, message.Spelling);
                break;
            default:
                link.LastHeard = time.Now;
                return false;
        }

        link.LastHeard = time.Now;
        return true;
    }
}
