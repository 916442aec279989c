using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Messages between participants of different agents: forwarded, delivered here, or answered with what went wrong.</summary>
internal sealed class MeshTraffic
{
    private static readonly TimeSpan ExpireEvery = TimeSpan.FromSeconds(1);
    private readonly MeshView _view;
    private readonly MeshOutput _output;
    private readonly PassingCalls _passing;
    private readonly Deliveries _deliveries;
    private readonly Refusals _refusals;
    private readonly MeshSender _sender;
    private TimeSpan _nextExpiry;

    public MeshTraffic(MeshView view, MeshOutput output, Random random)
    {
        (_view, _output) = (view, output);
        _passing = new PassingCalls(view.Options.MostCalls, view.Options.MostCallsEach);
        _sender = new MeshSender(view, output);
        _refusals = new Refusals(view, _sender, output);
        var circuits = new CircuitBreakers(view, output);
        Asks = new OutgoingAsks(view, _sender, circuits, output) { DeliverHere = (message, until) => _deliveries!.TryServe(message, null, until) };
        Requests = new MeshRequests(view, Asks, _sender, circuits, output, random);
        _deliveries = new Deliveries(view, _sender, _refusals, output)
        {
            Answered = (answer, link, now) => Asks.TryComplete(answer, link, now) || Requests.TryRefuse(answer),
            Ponged = Requests.TryPong,
        };
    }

    public OutgoingAsks Asks { get; }

    public MeshRequests Requests { get; }

    /// <summary>What this machine's participants wait for, or work on.</summary>
    public int InFlight => Asks.Count + _deliveries.Count;

    /// <summary>When <see cref="Tick"/> has something to do that cannot wait a second; <see cref="TimeSpan.Zero"/> as often as may be.</summary>
    public TimeSpan Due => MeshMachine.Earliest(Asks.Due, Requests.Due);

    public void Receive(PeerLink link, Envelope message, MeshTime time)
    {
        var from = MeshAddress.Parse(message.From);
        if (WhatIsWrong(link, message, from) is { } why)
        {
            _output.Notice("refused_message", link, why);
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
            _refusals.Refuse(link, message, error);
        }
        else if (decision.Next is { } next)
        {
            Forward(link, next, decision.Ttl, message, time.Now);
        }
        else
        {
            Confirm(message, from, time.Now);
            _deliveries.Deliver(link, message, to, time.Now);
        }
    }

    /// <summary>A message is not taken for a reason that has nothing to do with where it goes: who waits for an answer gets that reason.</summary>
    public void RefuseUnread(PeerLink link, Envelope message, ErrorInfo error, MeshTime time)
    {
        if (WhatIsWrong(link, message, MeshAddress.Parse(message.From)) is null && MeshSender.AgentsOf(message).Count == 0)
        {
            if (message.Type is MessageType.Result or MessageType.Ack)
            {
                // Its asker is told instead of being left to its deadline.
                Receive(link, EnvelopeCopy.Failed(message, error), time);
                return;
            }

            _refusals.AnswerIfAwaited(link, message, error);
        }
    }

    /// <summary>A node of this machine answered what was delivered to it.</summary>
    public void Answer(long handle, Envelope answer, TimeSpan now) => _deliveries.Answer(handle, answer, now);

    public void LinkEnded(PeerLink link, TimeSpan now)
    {
        Asks.LinkEnded(link, now);
        foreach ((string from, string id, PeerLink back) in _passing.TakeBroken(link))
        {
            _refusals.AnswerBack(back, from, id, MessageType.Result, new ErrorInfo(LocalCastError.Disconnected, $"the link from '{_view.Self.Id}' to '{link.PeerId}' ended during the call"));
        }

        foreach ((string from, string id, string callee, PeerLink ahead) in _passing.TakeAbandoned(link))
        {
            var cancel = new Envelope { Type = MessageType.Cancel, From = from, To = callee, ReplyTo = id, Ttl = _view.Options.Ttl, Route = [MeshAddress.Parse(from).Agent!] };
            _output.Send(ahead, EnvelopeCopy.Forward(cancel, _view.Options.Ttl, _view.Self.Id), LinkTraffic.Call);
        }

        _deliveries.LinkEnded(link);
    }

    public void PathsChanged(TimeSpan now)
    {
        Asks.PathsChanged(now);
        Requests.StateChanged(now);
    }

    public void Tick(TimeSpan now)
    {
        Asks.Tick(now);
        Requests.Tick(now);
        if (now >= _nextExpiry)
        {
            _nextExpiry = now + ExpireEvery;
            _passing.Expire(now);
            _deliveries.Expire(now);
        }
    }

    /// <summary>What the neighbour who passed it on would not have done if it were sound.</summary>
    private string? WhatIsWrong(PeerLink link, Envelope message, MeshAddress from) =>
        from.Agent is null ? "it does not say from which agent it comes"
        : from.Agent == _view.Self.Id ? "it comes back to where it began"
        : message.Route is not { Count: > 0 } route || route[^1] != link.PeerId ? "its route does not end with who passed it on"
        : route.Count > ProtocolRoute ? "its route is too long"
        : route[0] != from.Agent ? "its route does not begin where it comes from"
        : message.From!.Length > MostAddress || message.To?.Length > MostAddress || message.Id?.Length > MostId || message.ReplyTo?.Length > MostId ? "its id or an address in it is too long"
        : message.Type is MessageType.Call or MessageType.Publish && message.Id is null ? "it has no id"
        : MeshAddress.Parse(message.To).Agent is null && MeshSender.AgentsOf(message).Count == 0 ? "it does not say to which agent it goes"
        : null;

    /// <summary>An answer of a node shows that it lives, and be it an error of its own.</summary>
    private void Confirm(Envelope message, MeshAddress from, TimeSpan now)
    {
        if (message.Type is MessageType.Pong or MessageType.Result && from.Node.Length > 0)
        {
            Requests.Confirmed(message.From!, now);
        }
    }

    private const int ProtocolRoute = 32;

    /// <summary>A node's name, an agent's id and some room. What is under way is kept by these texts.</summary>
    private const int MostAddress = 512;

    private const int MostId = 1024;

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
                    _refusals.Refuse(from, message, new ErrorInfo(LocalCastError.Busy, "too many calls pass through this agent"));
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

        if (_output.Send(next, EnvelopeCopy.Forward(message, ttl, _view.Self.Id), traffic) is { } error)
        {
            _passing.TakeWayBack(message.From!, message.Id ?? "");
            _refusals.Refuse(from, message, error with { Message = $"at '{_view.Self.Id}': {error.Message}" });
        }
    }

    private void ReceiveForMany(Envelope message, IReadOnlyList<string> agents, TimeSpan now)
    {
        if (agents.Contains(_view.Self.Id))
        {
            _deliveries.DeliverToAll(message, now);
        }

        if (!_view.Self.IsLeaf && message.Ttl is > 1 and var ttl && message.Route?.Contains(_view.Self.Id) != true)
        {
            _sender.Spread(agents, EnvelopeCopy.Forward(message, (byte)(ttl - 1), _view.Self.Id));
        }
        else if (agents.Any(agent => agent != _view.Self.Id))
        {
            _output.Notice("ttl_expired", message.From, message.Spelling);
        }
    }
}
