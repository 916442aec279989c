using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What is for participants of this machine: delivered once, and answered once.</summary>
internal sealed class Deliveries
{
    private readonly MeshView _view;
    private readonly MeshSender _sender;
    private readonly Refusals _refusals;
    private readonly MeshOutput _output;
    private readonly SeenMessages _seen;
    private readonly ServedCalls _served;

    public Deliveries(MeshView view, MeshSender sender, Refusals refusals, MeshOutput output)
    {
        (_view, _sender, _refusals, _output) = (view, sender, refusals, output);
        _seen = new SeenMessages(view.Options.RememberMessages, view.Options.MostRememberedMessages);
        _served = new ServedCalls(view.Options.MostCalls, view.Options.MostCallsEach);
    }

    /// <summary>Called with the answer to a request of this agent; says whether anybody waited for it.</summary>
    public required Func<Envelope, PeerLink?, TimeSpan, bool> Answered { get; init; }

    /// <summary>Called with a pong; says whether it is in time.</summary>
    public required Predicate<Envelope> Ponged { get; init; }

    public int Count => _served.Count;

    public void Deliver(PeerLink link, Envelope message, MeshAddress to, TimeSpan now)
    {
        switch (message.Type)
        {
            case MessageType.Call or MessageType.Publish:
                DeliverWork(link, message, to, now);
                break;
            case MessageType.Result or MessageType.Ack when !Answered(message, link, now):
            case MessageType.Pong when !Ponged(message):
                _output.Notice("late_answer", message.From, message.ReplyTo);
                break;
            case MessageType.Result or MessageType.Ack or MessageType.Pong:
                break;
            case MessageType.Cancel:
                if (_served.TakeCancelled(message.From!, message.ReplyTo ?? "") is > 0 and var handle)
                {
                    _output.Add(new CancelDelivered(handle));
                }

                break;
            default:
                DeliverOther(link, message, to, now);
                break;
        }
    }

    /// <summary>This agent is one of many that a message is for.</summary>
    public void DeliverToAll(Envelope message, TimeSpan now)
    {
        if (!_view.IsMember(_view.Self.Id, message.Group) || !_seen.TryAdd(message.From!, message.Id ?? "", now))
        {
            return;
        }

        if (message.Type == MessageType.Ping && !_view.Self.TellsNodes)
        {
            return; // nobody there counts on an answer
        }

        Envelope here = EnvelopeCopy.Arrived(EnvelopeCopy.WithoutHeader(message, MeshSender.ManyHeader), message.To);
        _output.Add(message.Type switch
        {
            MessageType.Publish => new DeliverPublication(0, here),
            MessageType.Ping => new DeliverPing(here),
            _ => new DeliverMessage(here),
        });
    }

    /// <summary>Hands a call, or a publication to one, to a node of this machine.</summary>
    public bool TryServe(Envelope message, PeerLink? link, TimeSpan deadline)
    {
        bool hasRoom = _served.TryAdd(message, $"{message.To}@{_view.Self.Id}", link, deadline, out long handle);
        if (hasRoom)
        {
            _output.Add(message.Type == MessageType.Call ? new DeliverCall(handle, message) : new DeliverPublication(handle, message));
        }

        return hasRoom;
    }

    /// <summary>A node of this machine answered what was delivered to it.</summary>
    public void Answer(long handle, Envelope answer, TimeSpan now)
    {
        if (_served.Take(handle) is not { } served)
        {
            return; // late, doubled, or cancelled meanwhile
        }

        MessageType type = served.Type == MessageType.Publish ? MessageType.Ack : MessageType.Result;
        ErrorInfo? error = answer.Error ?? MeshSender.WhyTooLarge(answer, _view.Options);
        var message = new Envelope
        {
            Type = type,
            From = served.Node,
            To = served.From,
            ReplyTo = served.Id,
            Ttl = _view.Options.Ttl,
            Route = _view.RouteFromHere,
            Headers = answer.Headers,
            Error = error,
            PayloadKind = error is null ? answer.PayloadKind : PayloadKind.None,
            Payload = error is null ? answer.Payload : default,
        };
        if (served.Link is null)
        {
            Answered(message, null, now);
        }
        else if (_sender.SendBegun(MeshAddress.Parse(served.From).Agent!, message, LinkTraffic.Control, served.Link).Error is { } why)
        {
            _output.Notice("lost_answer", served.From, why.ToString());
        }
    }

    public void LinkEnded(PeerLink link)
    {
        foreach (long handle in _served.TakeBroken(link))
        {
            _output.Add(new CancelDelivered(handle));
        }
    }

    public void Expire(TimeSpan now) => _served.Expire(now);

    /// <summary>A discovery of one node, or a message of a type that only participants know.</summary>
    private void DeliverOther(PeerLink link, Envelope message, MeshAddress to, TimeSpan now)
    {
        bool isPing = message.Type == MessageType.Ping;
        if (isPing && !_seen.TryAdd(message.From!, message.Id ?? "", now))
        {
            _output.Notice("seen_twice", message.From, message.Id);
        }
        else if (!_view.IsMember(_view.Self.Id, message.Group))
        {
            _refusals.Refuse(link, message, NotInGroup(message));
        }
        else if (to.Node is "" or NodeName.Agent)
        {
            _refusals.Refuse(link, message, new ErrorInfo(LocalCastError.NodeNotFound, $"the agent '{_view.Self.Id}' itself takes no message of type '{message.Spelling}'"));
        }
        else if (isPing && !_view.Self.TellsNodes)
        {
            _refusals.Refuse(link, message, new ErrorInfo(LocalCastError.Forbidden, $"the agent '{_view.Self.Id}' does not tell of its nodes"));
        }
        else
        {
            Envelope here = EnvelopeCopy.Arrived(message, to.Node);
            _output.Add(isPing ? new DeliverPing(here) : new DeliverMessage(here));
        }
    }

    private ErrorInfo NotInGroup(Envelope message) => new(LocalCastError.Forbidden, $"the agent '{_view.Self.Id}' is not in the group '{message.Group}'");

    private void DeliverWork(PeerLink link, Envelope message, MeshAddress to, TimeSpan now)
    {
        if (!_seen.TryAdd(message.From!, message.Id!, now))
        {
            _output.Notice("seen_twice", message.From, message.Id);
        }
        else if (!_view.IsMember(_view.Self.Id, message.Group))
        {
            _refusals.Refuse(link, message, NotInGroup(message));
        }
        else if (!TryServe(EnvelopeCopy.Arrived(message, to.Node), link, now + TimeSpan.FromMilliseconds(message.DeadlineMs ?? OutgoingAsks.DefaultDeadlineMs)))
        {
            _refusals.Refuse(link, message, new ErrorInfo(LocalCastError.Busy, $"the agent '{_view.Self.Id}' serves too many calls"));
        }
    }
}
