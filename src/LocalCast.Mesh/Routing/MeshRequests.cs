using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What local participants want of the mesh, and to whom it goes.</summary>
internal sealed class MeshRequests
{
    private readonly MeshView _view;
    private readonly OutgoingAsks _asks;
    private readonly MeshSender _sender;
    private readonly CircuitBreakers _circuits;
    private readonly MeshOutput _output;
    private readonly Random _random;
    private readonly TokenBucket _bandwidth;
    private readonly NodeDirectory _nodes;
    private readonly TopicDirectory _topics;
    private readonly Requirements _requirements;
    private readonly OutwardNames _names;
    private readonly Discoveries _discoveries;
    private readonly OtherMessages _others;

    public MeshRequests(MeshView view, OutgoingAsks asks, MeshSender sender, CircuitBreakers circuits, MeshOutput output, Random random)
    {
        (_view, _asks, _sender, _circuits, _output, _random) = (view, asks, sender, circuits, output, random);
        _bandwidth = new TokenBucket(view.Options.OutgoingBytesPerSecond, view.Options.OutgoingBytesPerSecond, view.Options.OutgoingBytesPerSecond);
        _nodes = new NodeDirectory(view);
        _topics = new TopicDirectory(view);
        _requirements = new Requirements(view, sender, output);
        _names = new OutwardNames(view);
        _discoveries = new Discoveries(view, _nodes, _names, sender, output);
        _others = new OtherMessages(view, _nodes, _names, sender, output);
    }

    /// <summary>When <see cref="Tick"/> has something to do that cannot wait a second.</summary>
    public TimeSpan Due => _requirements.Due;

    public void Call(long request, Envelope call, TimeSpan now)
    {
        MeshAddress to = _nodes.WithId(MeshAddress.Parse(call.To));
        Envelope message = call;
        if (MeshSender.WhyTooLarge(message, _view.Options) is { } tooLarge)
        {
            Fail(request, MessageType.Result, message, tooLarge);
            return;
        }

        if (IsTooFast(message, now))
        {
            Fail(request, MessageType.Result, message, LocalCastError.RateLimited, "this agent sends more to others than it may");
            return;
        }

        if (!_view.IsMember(_view.Self.Id, call.Group))
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

        _asks.Start(NewAsk(request, message, candidates, now), now);
    }

    public void Publish(long request, Envelope publication, TimeSpan now)
    {
        Envelope message = _names.Of(publication);
        if (!_view.IsMember(_view.Self.Id, publication.Group))
        {
            Fail(request, MessageType.Ack, message, LocalCastError.Forbidden, $"this agent is not in the group '{publication.Group}'");
        }
        else if (MeshSender.WhyTooLarge(message, _view.Options) is { } tooLarge)
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

    /// <summary>Asks every node of the mesh who it is, or the one in <c>to</c>. The answer says how many were asked; pongs come for 5 s.</summary>
    public void Ping(long request, Envelope ping, TimeSpan now) => _discoveries.Ping(request, ping, now);

    /// <summary>Answers once all named nodes are ready somewhere in the mesh.</summary>
    public void Require(long request, IReadOnlyList<string> names, TimeSpan deadline, TimeSpan? freshness, TimeSpan now) => _requirements.Add(new Requirement(request, names, fits: null, deadline, freshness), now);

    /// <summary>Answers once a node that fits has lately shown that it lives.</summary>
    public void RequireOne(long request, string name, Predicate<NodeDescription> fits, TimeSpan deadline, TimeSpan freshness, TimeSpan now) => _requirements.Add(new Requirement(request, [name], fits, deadline, freshness), now);

    /// <summary>A node of another agent showed that it lives.</summary>
    public void Confirmed(string address, TimeSpan now) => _requirements.Confirmed(address, now);

    /// <summary>Who would get a call, and by which way.</summary>
    public RouteReport RouteTo(string to, TimeSpan now) => new RouteFinder(_view, _nodes, _circuits, now).Find(to);

    /// <summary>How many ready participants of other agents subscribe to a topic.</summary>
    public int CountSubscribers(string topic, string? group) => _topics.Subscribers(topic, group).Count;

    public void Cancel(long request)
    {
        if (!_asks.TryCancel(request))
        {
            _requirements.Remove(other => other == request);
        }
    }

    public void CancelAll(Func<long, bool> which)
    {
        _asks.CancelAll(which);
        _requirements.Remove(which);
    }

    /// <summary>Sends a message of any other type, or a pong, or what is wrong with either.</summary>
    public void Send(Envelope message, TimeSpan now) => _others.Send(message, now);

    /// <summary>A node of another agent answered a discovery.</summary>
    /// <returns>Whether it is in time.</returns>
    public bool TryPong(Envelope pong) => _discoveries.TryPong(pong) || _requirements.HasAsked(pong.ReplyTo ?? "");

    /// <summary>Another agent says why a discovery of one node, or another message, went no further.</summary>
    /// <returns>Whether it was one of this machine.</returns>
    public bool TryRefuse(Envelope refusal) => refusal is { Type: MessageType.Ack, Error: not null } && (_discoveries.TryRefuse(refusal) || _others.TryRefuse(refusal));

    /// <summary>The participants of this machine changed.</summary>
    public void NodesChanged(TimeSpan now) => _requirements.StateChanged(now);

    /// <summary>Documents or paths changed.</summary>
    public void StateChanged(TimeSpan now)
    {
        _topics.Changed();
        _requirements.StateChanged(now);
    }

    public void Tick(TimeSpan now)
    {
        _discoveries.Tick(now);
        _others.Tick(now);
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
        _random.Shuffle(subscribers);
        _asks.Start(NewAsk(request, message, new Queue<MeshAddress>(subscribers), now), now);
    }

    private void PublishToMany(long request, Envelope message)
    {
        IReadOnlyList<string> receivers = message.Mode == PublishMode.Every
            ? [.. _view.Store.Reachable.Where(document => _view.IsMember(document.Id, message.Group)).Select(document => document.Id)]
            : _topics.Agents(message.Topic!, message.Group);
        _sender.SendToMany(receivers, message with { Id = _names.NextId() });
        Acknowledge(request, message, new DeliveredData { Delivered = receivers.Count }, ControlJson.Default.DeliveredData);
    }

    private bool IsTooFast(Envelope message, TimeSpan now) => _view.Options.OutgoingBytesPerSecond > 0 && !_bandwidth.TryTake(now, MeshMessage.SizeOf(message));

    private Ask NewAsk(long request, Envelope message, Queue<MeshAddress> candidates, TimeSpan now) => new()
    {
        Request = request,
        Message = message,
        From = _names.Of(message.From),
        Candidates = candidates,
        Deadline = now + TimeSpan.FromMilliseconds(message.DeadlineMs ?? OutgoingAsks.DefaultDeadlineMs),
    };

    private void Fail(long request, MessageType type, Envelope message, LocalCastError code, string why) =>
        Fail(request, type, message, new ErrorInfo(code, why));

    private void Fail(long request, MessageType type, Envelope message, ErrorInfo error) =>
        _output.Add(new AnswerRequest(request, new Envelope { Type = type, To = message.From, ReplyTo = message.Id, Error = error }));

    private void Acknowledge<T>(long request, Envelope message, T data, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape) =>
        _output.Add(new AnswerRequest(request, new Envelope
        {
            Type = MessageType.Ack,
            ReplyTo = message.Id,
            PayloadKind = PayloadKind.Json,
            Payload = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(data, shape),
        }));
}
