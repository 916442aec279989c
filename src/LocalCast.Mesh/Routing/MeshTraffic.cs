using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Messages between participants of different agents: forwarded, delivered here, or answered with what went wrong.</summary>
internal sealed class MeshTraffic
{
    private static readonly TimeSpan ExpireEvery = TimeSpan.FromSeconds(1);
    private readonly MeshView _view;
    private readonly MeshOutput _output;
    private readonly SeenMessages _seen;
    private readonly PassingCalls _passing;
    private readonly ServedCalls _served;
    private TimeSpan _nextExpiry;

    public MeshTraffic(MeshView view, MeshOutput output, Random random)
    {
        (_view, _output) = (view, output);
        _seen = new SeenMessages(view.Options.RememberMessages, view.Options.MostRememberedMessages);
        _passing = new PassingCalls(view.Options.MostCalls, view.Options.MostCallsEach);
        _served = new ServedCalls(view.Options.MostCalls, view.Options.MostCallsEach);
        Sender = new MeshSender(view, output);
        var circuits = new CircuitBreakers(view, output);
        Asks = new OutgoingAsks(view, Sender, circuits, output) { DeliverHere = (message, until) => TryServe(message, null, until) };
        Requests = new MeshRequests(view, Asks, Sender, circuits, output, random);
    }

    public MeshSender Sender { get; }

    public OutgoingAsks Asks { get; }

    public MeshRequests Requests { get; }

    /// <summary>What this machine's participants wait for, or work on.</summary>
    public int InFlight => Asks.Count + _served.Count;

    public void Receive(PeerLink link, Envelope message, MeshTime time)
    {
        var from = MeshAddress.Parse(message.From);
        if (WhatIsWrong(link, message, from) is { } why)
        {
            _output.Notice("refused_message", link.PeerId, why);
            return;
        }

        if (MeshSender.AgentsOf(message) is { Count: > 0 } agents)
        {
            ReceiveForMany(message, agents, time.Now);
            return;
        }

        if (message is { Type: MessageType.Result, Ttl: > 1 and var left } && _passing.TakeWayBack(message.To!, message.ReplyTo ?? "") is { Stage: LinkStage.Open } back)
        {
            // Back over the links that the call came by, whatever the shortest way is now.
            Forward(link, back, (byte)(left - 1), message, time.Now);
            return;
        }

        var to = MeshAddress.Parse(message.To);
        RouteDecision decision = RouteDecision.Of(_view, to.Agent!, message.Ttl ?? 0, message.Route);
        if (decision.Error is { } error)
        {
            Refuse(link, message, error);
        }
        else if (decision.Next is { } next)
        {
            Forward(link, next, decision.Ttl, message, time.Now);
        }
        else
        {
            DeliverHere(link, message, to, time.Now);
        }
    }

    /// <summary>A node of this machine answered what was delivered to it.</summary>
    public void Answer(long handle, Envelope answer, TimeSpan now)
    {
        if (_served.Take(handle) is not { } served)
        {
            return; // late, doubled, or cancelled meanwhile
        }

        MessageType type = served.Type == MessageType.Publish ? MessageType.Ack : MessageType.Result;
        var message = new Envelope
        {
            Type = type,
            From = new MeshAddress(answer.From ?? "", _view.Self.Id).ToString(),
            To = served.From,
            ReplyTo = served.Id,
            Headers = answer.Headers,
            Error = answer.Error,
            PayloadKind = answer.PayloadKind,
            Payload = answer.Payload,
        };
        if (served.Link is null)
        {
            Asks.TryComplete(served.Id, message, now);
        }
        else if (Sender.Send(MeshAddress.Parse(served.From).Agent!, message, LinkTraffic.Control, served.Link).Error is { } error)
        {
            _output.Notice("lost_answer", served.From, error.ToString());
        }
    }

    public void LinkEnded(PeerLink link, TimeSpan now)
    {
        Asks.LinkEnded(link, now);
        foreach ((string from, string id, PeerLink back) in _passing.TakeBroken(link))
        {
            AnswerBack(back, from, id, MessageType.Result, new ErrorInfo(LocalCastError.Disconnected, $"the link from '{_view.Self.Id}' to '{link.PeerId}' ended during the call"));
        }
    }

    public void PathsChanged(TimeSpan now)
    {
        Asks.PathsChanged(now);
        Requests.StateChanged();
    }

    public void Tick(TimeSpan now)
    {
        Asks.Tick(now);
        Requests.Tick(now);
        if (now >= _nextExpiry)
        {
            _nextExpiry = now + ExpireEvery;
            _passing.Expire(now);
            _served.Expire(now);
        }
    }

    /// <summary>What the neighbour who passed it on would not have done if it were sound.</summary>
    private string? WhatIsWrong(PeerLink link, Envelope message, MeshAddress from) =>
        from.Agent is null ? "it does not say from which agent it comes"
        : from.Agent == _view.Self.Id ? "it comes back to where it began"
        : message.Route is not { Count: > 0 } route || route[^1] != link.PeerId ? "its route does not end with who passed it on"
        : route.Count > ProtocolRoute ? "its route is too long"
        : route[0] != from.Agent ? "its route does not begin where it comes from"
        : message.Type is MessageType.Call or MessageType.Publish && message.Id is null ? "it has no id"
        : MeshAddress.Parse(message.To).Agent is null && MeshSender.AgentsOf(message).Count == 0 ? "it does not say to which agent it goes"
        : null;

    private const int ProtocolRoute = 32;

    private void Forward(PeerLink from, PeerLink next, byte ttl, Envelope message, TimeSpan now)
    {
        LinkTraffic traffic = LinkTraffic.Control;
        switch (message.Type)
        {
            case MessageType.Call:
                traffic = LinkTraffic.Call;
                if (_passing.Holds(message))
                {
                    _output.Notice("seen_twice", message.From, message.Id);
                    return;
                }

                if (!_passing.TryAdd(message, from, next, now))
                {
                    Refuse(from, message, new ErrorInfo(LocalCastError.Busy, "too many calls pass through this agent"));
                    return;
                }

                break;
            case MessageType.Cancel:
                traffic = LinkTraffic.Call;
                next = _passing.WayAhead(message.From!, message.ReplyTo ?? "") ?? next;
                break;
            case MessageType.Publish:
                traffic = LinkTraffic.Call; // to one: its publisher is told when there is no room
                break;
            case not (MessageType.Result or MessageType.Ack):
                traffic = LinkTraffic.Topic;
                break;
            default:
                break;
        }

        if (!_output.Send(next, EnvelopeCopy.Forward(message, ttl, _view.Self.Id), traffic))
        {
            _passing.TakeWayBack(message.From!, message.Id ?? "");
            Refuse(from, message, new ErrorInfo(LocalCastError.Busy, $"the link from '{_view.Self.Id}' to '{next.PeerId}' is full") { RetryAfter = TimeSpan.FromMilliseconds(100) });
        }
    }

    private void DeliverHere(PeerLink link, Envelope message, MeshAddress to, TimeSpan now)
    {
        switch (message.Type)
        {
            case MessageType.Call or MessageType.Publish:
                if (!_seen.TryAdd(message.From!, message.Id!, now))
                {
                    _output.Notice("seen_twice", message.From, message.Id);
                    return;
                }

                if (!_view.IsMember(_view.Self.Id, message.Group))
                {
                    Refuse(link, message, new ErrorInfo(LocalCastError.Forbidden, $"the agent '{_view.Self.Id}' is not in the group '{message.Group}'"));
                    return;
                }

                if (!TryServe(EnvelopeCopy.Addressed(message, to.Node), link, now + TimeSpan.FromMilliseconds(message.DeadlineMs ?? OutgoingAsks.DefaultDeadlineMs)))
                {
                    Refuse(link, message, new ErrorInfo(LocalCastError.Busy, $"the agent '{_view.Self.Id}' serves too many calls"));
                }

                break;
            case MessageType.Result or MessageType.Ack:
                if (!Asks.TryComplete(message.ReplyTo ?? "", message, now))
                {
                    _output.Notice("late_answer", message.From, message.ReplyTo);
                }

                break;
            case MessageType.Pong:
                if (!Requests.TryPong(message))
                {
                    _output.Notice("late_answer", message.From, message.ReplyTo);
                }

                break;
            case MessageType.Cancel:
                if (_served.TakeCancelled(message.From!, message.ReplyTo ?? "") is > 0 and var handle)
                {
                    _output.Add(new CancelDelivered(handle));
                }

                break;
            default:
                _output.Add(new DeliverMessage(EnvelopeCopy.Addressed(message, to.Node)));
                break;
        }
    }

    private bool TryServe(Envelope message, PeerLink? link, TimeSpan deadline)
    {
        bool hasRoom = _served.TryAdd(message, link, deadline, out long handle);
        if (hasRoom)
        {
            _output.Add(message.Type == MessageType.Call ? new DeliverCall(handle, message) : new DeliverPublication(handle, message));
        }

        return hasRoom;
    }

    private void ReceiveForMany(Envelope message, IReadOnlyList<string> agents, TimeSpan now)
    {
        if (agents.Contains(_view.Self.Id) && _view.IsMember(_view.Self.Id, message.Group) && _seen.TryAdd(message.From!, message.Id ?? "", now))
        {
            Envelope here = EnvelopeCopy.WithoutHeader(message, MeshSender.ManyHeader);
            _output.Add(message.Type switch
            {
                MessageType.Publish => new DeliverPublication(0, here),
                MessageType.Ping => new DeliverPing(here),
                _ => new DeliverMessage(here),
            });
        }

        if (message.Ttl is > 1 and var ttl && message.Route?.Contains(_view.Self.Id) != true)
        {
            Sender.Spread(agents, EnvelopeCopy.Forward(message, (byte)(ttl - 1), _view.Self.Id));
        }
        else if (agents.Any(agent => agent != _view.Self.Id))
        {
            _output.Notice("ttl_expired", message.From, message.Spelling);
        }
    }

    /// <summary>Tells whoever waits for an answer why there is none. What nobody waits for is counted.</summary>
    private void Refuse(PeerLink link, Envelope message, ErrorInfo error)
    {
        _output.Notice("not_forwarded", message.To, error.ToString());
        if (message.Type is MessageType.Call or MessageType.Publish)
        {
            AnswerBack(link, message.From!, message.Id!, message.Type == MessageType.Call ? MessageType.Result : MessageType.Ack, error);
        }
    }

    private void AnswerBack(PeerLink link, string to, string id, MessageType type, ErrorInfo error)
    {
        var answer = new Envelope { Type = type, From = new MeshAddress("", _view.Self.Id).ToString(), To = to, ReplyTo = id, Error = error };
        Sender.Send(MeshAddress.Parse(to).Agent!, answer, LinkTraffic.Control, link);
    }
}
