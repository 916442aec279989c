using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What local participants want of the mesh, and to whom it goes.</summary>
internal sealed class MeshRequests(MeshView view, OutgoingAsks asks, MeshSender sender, CircuitBreakers circuits, MeshOutput output, Random random)
{
    private const int MostPings = 1024;
    private const int MostOutwardNames = 4096;
    private readonly Dictionary<string, string> _outwardNames = new(StringComparer.Ordinal);
    private readonly TokenBucket _bandwidth = new(view.Options.OutgoingBytesPerSecond, view.Options.OutgoingBytesPerSecond, view.Options.OutgoingBytesPerSecond);
    private readonly NodeDirectory _nodes = new(view);
    private readonly TopicDirectory _topics = new(view);
    private readonly Requirements _requirements = new(view, sender, output);
    private readonly Dictionary<string, (long Request, TimeSpan Until)> _pings = new(StringComparer.Ordinal);
    private long _lastMany;

    public void Call(long request, Envelope call, TimeSpan now)
    {
        MeshAddress to = _nodes.WithId(MeshAddress.Parse(call.To));
        Envelope message = call;
        if (MeshSender.WhyTooLarge(message, view.Options) is { } tooLarge)
        {
            Fail(request, MessageType.Result, message, tooLarge);
            return;
        }

        if (IsTooFast(message, now))
        {
            Fail(request, MessageType.Result, message, LocalCastError.RateLimited, "this agent sends more to others than it may");
            return;
        }

        if (!view.IsMember(view.Self.Id, call.Group))
        {
            Fail(request, MessageType.Result, message, LocalCastError.Forbidden, $"this agent is not in the group '{call.Group}'");
            return;
        }

        Queue<MeshAddress> candidates = to.Agent is not null ? new([to]) : new(_nodes.Holders(to.Node));
        if (candidates.Count == 0)
        {
            Fail(request, MessageType.Result, message, _nodes.WhyNobody(to.Node));
            return;
        }

        asks.Start(NewAsk(request, message, candidates, now), now);
    }

    public void Publish(long request, Envelope publication, TimeSpan now)
    {
        Envelope message = Outward(publication);
        if (!view.IsMember(view.Self.Id, publication.Group))
        {
            Fail(request, MessageType.Ack, message, LocalCastError.Forbidden, $"this agent is not in the group '{publication.Group}'");
        }
        else if (MeshSender.WhyTooLarge(message, view.Options) is { } tooLarge)
        {
            Fail(request, MessageType.Ack, message, tooLarge);
        }
        else if (IsTooFast(message, now))
        {
            Fail(request, MessageType.Ack, message, LocalCastError.RateLimited, "this agent sends more to others than it may");
        }
        else if (Topic.WhatIsWrong(publication.Topic, allowWildcards: false) is { } why)
        {
            Fail(request, MessageType.Ack, message, LocalCastError.BadRequest, why);
        }
        else if (publication.Mode == PublishMode.One)
        {
            PublishToOne(request, message, now);
        }
        else
        {
            PublishToMany(request, message);
        }
    }

    /// <summary>Asks every node of the mesh who it is. The answer says how many were asked; pongs come for 5 s.</summary>
    public void Ping(long request, Envelope ping, TimeSpan now)
    {
        if (_pings.Count >= MostPings)
        {
            Fail(request, MessageType.Ack, ping, LocalCastError.Busy, "too many discoveries are under way");
            return;
        }

        AgentDocument[] others = [.. view.Store.Reachable.Where(document => view.IsMember(document.Id, ping.Group))];
        string id = NextId();
        _pings.Add(id, (request, now + PingRounds<object>.Window));
        sender.SendToMany(others.Select(document => document.Id), EnvelopeCopy.Addressed(Outward(ping), to: null, id));
        Acknowledge(request, ping, new AskedData { Asked = others.Sum(document => document.Nodes.Count) }, ControlJson.Default.AskedData);
    }

    /// <summary>Answers once all named nodes are ready somewhere in the mesh.</summary>
    public void Require(long request, IReadOnlyList<string> names, TimeSpan deadline, TimeSpan? freshness, TimeSpan now) => _requirements.Add(request, names, deadline, freshness, now);

    /// <summary>Answers once a node that fits has lately shown that it lives.</summary>
    public void RequireOne(long request, string name, Predicate<NodeDescription> fits, TimeSpan deadline, TimeSpan freshness, TimeSpan now) => _requirements.AddFresh(request, [name], fits, deadline, freshness, now);

    /// <summary>A node of another agent showed that it lives.</summary>
    public void Confirmed(string address, TimeSpan now) => _requirements.Confirmed(address, now);

    /// <summary>Who would get a call, and by which way.</summary>
    public RouteReport RouteTo(string to, TimeSpan now) => new RouteFinder(view, _nodes, circuits, now).Find(to);

    /// <summary>How many ready participants of other agents subscribe to a topic.</summary>
    public int CountSubscribers(string topic, string? group) => _topics.Subscribers(topic, group).Count;

    public void Cancel(long request)
    {
        asks.Cancel(request);
        _requirements.Remove(request);
    }

    /// <summary>Sends a message of any other type, or a pong.</summary>
    public void Send(Envelope message)
    {
        ErrorInfo? error = LinkMessage.IsChunk(message)
            ? new ErrorInfo(LocalCastError.BadRequest, $"'{LinkMessage.ChunkType}' exists between agents only")
            : MeshSender.WhyTooLarge(message, view.Options);
        if (error is null && MeshAddress.Parse(message.To).Agent is { } agent)
        {
            error = sender.Send(agent, Outward(message), LinkTraffic.Topic).Error;
        }

        if (error is not null)
        {
            output.Notice("not_sent", message.To, error.ToString());
        }
    }

    /// <summary>A node of another agent answered a discovery.</summary>
    /// <returns>Whether it is in time.</returns>
    public bool TryPong(Envelope pong)
    {
        bool isAwaited = _pings.TryGetValue(pong.ReplyTo ?? "", out (long Request, TimeSpan Until) ping);
        if (isAwaited)
        {
            output.Add(new DeliverPong(ping.Request, pong));
        }

        return isAwaited || _requirements.HasAsked(pong.ReplyTo ?? "");
    }

    /// <summary>Documents or paths changed.</summary>
    public void StateChanged()
    {
        _topics.Changed();
        _requirements.StateChanged();
    }

    public void Tick(TimeSpan now)
    {
        foreach ((string id, (_, TimeSpan until)) in _pings.ToArray())
        {
            if (now >= until)
            {
                _pings.Remove(id);
            }
        }

        _requirements.Tick(now);
    }

    private void PublishToOne(long request, Envelope message, TimeSpan now)
    {
        MeshAddress[] subscribers = [.. _topics.Subscribers(message.Topic!, message.Group)];
        if (subscribers.Length == 0)
        {
            Fail(request, MessageType.Ack, message, LocalCastError.NoSubscriber, $"nobody on another agent subscribes to '{message.Topic}'");
            return;
        }

        // Uniform over subscribers, not over agents; the order is also that of the attempts, each subscriber once.
        random.Shuffle(subscribers);
        asks.Start(NewAsk(request, message, new Queue<MeshAddress>(subscribers), now), now);
    }

    private void PublishToMany(long request, Envelope message)
    {
        IReadOnlyList<string> receivers = message.Mode == PublishMode.Every
            ? [.. view.Store.Reachable.Where(document => view.IsMember(document.Id, message.Group)).Select(document => document.Id)]
            : _topics.Agents(message.Topic!, message.Group);
        sender.SendToMany(receivers, EnvelopeCopy.Addressed(message, message.To, NextId()));
        Acknowledge(request, message, new DeliveredData { Delivered = receivers.Count }, ControlJson.Default.DeliveredData);
    }

    private bool IsTooFast(Envelope message, TimeSpan now) => view.Options.OutgoingBytesPerSecond > 0 && !_bandwidth.TryTake(now, MeshMessage.SizeOf(message));

    private Ask NewAsk(long request, Envelope message, Queue<MeshAddress> candidates, TimeSpan now) => new()
    {
        Request = request,
        Message = message,
        From = OutwardName(message.From),
        Candidates = candidates,
        Deadline = now + TimeSpan.FromMilliseconds(message.DeadlineMs ?? OutgoingAsks.DefaultDeadlineMs),
    };

    /// <summary>With the agent's start in it: the ids of participants begin anew with each of theirs.</summary>
    private string NextId() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{view.Self.Boot:x}-m{++_lastMany:x}");

    private Envelope Outward(Envelope message) => EnvelopeCopy.From(message, OutwardName(message.From));

    /// <summary>What a participant of this machine is called elsewhere. Those of the last callers are remembered; there are as many as participants.</summary>
    private string OutwardName(string? name)
    {
        if (_outwardNames.TryGetValue(name ?? "", out string? known))
        {
            return known;
        }

        if (_outwardNames.Count >= MostOutwardNames)
        {
            _outwardNames.Clear();
        }

        return _outwardNames[name ?? ""] = new MeshAddress(MeshAddress.Parse(name).Node, view.Self.Id).ToString();
    }

    private void Fail(long request, MessageType type, Envelope message, LocalCastError code, string why) =>
        Fail(request, type, message, new ErrorInfo(code, why));

    private void Fail(long request, MessageType type, Envelope message, ErrorInfo error) =>
        output.Add(new AnswerRequest(request, new Envelope { Type = type, To = message.From, ReplyTo = message.Id, Error = error }));

    private void Acknowledge<T>(long request, Envelope message, T data, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape) =>
        output.Add(new AnswerRequest(request, new Envelope
        {
            Type = MessageType.Ack,
            ReplyTo = message.Id,
            PayloadKind = PayloadKind.Json,
            Payload = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(data, shape),
        }));
}
