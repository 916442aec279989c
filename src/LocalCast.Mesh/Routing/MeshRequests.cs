using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What local participants want of the mesh, and to whom it goes.</summary>
internal sealed class MeshRequests(MeshView view, OutgoingAsks asks, MeshSender sender, MeshOutput output, Random random)
{
    private const int MostPings = 1024;
    private readonly TokenBucket _bandwidth = new(view.Options.OutgoingBytesPerSecond, view.Options.OutgoingBytesPerSecond, view.Options.OutgoingBytesPerSecond);
    private readonly RequireTable<long> _requires = new();
    private readonly Dictionary<string, (long Request, TimeSpan Until)> _pings = new(StringComparer.Ordinal);
    private long _lastMany;
    private readonly Dictionary<string, SubscriptionTable<string>> _topicsByAgent = new(StringComparer.Ordinal);

    public void Call(long request, Envelope call, TimeSpan now)
    {
        MeshAddress to = WithId(MeshAddress.Parse(call.To));
        Envelope message = Outward(call);
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

        Queue<MeshAddress> candidates = to.Agent is not null ? new([to]) : new(Holders(to.Node));
        if (candidates.Count == 0)
        {
            bool isSomewhere = view.Store.All.Any(document => document.Nodes.Any(node => node.Name == to.Node));
            Fail(request, MessageType.Result, message, isSomewhere ? LocalCastError.NoRoute : LocalCastError.NodeNotFound, isSomewhere ? $"the agent of '{to.Node}' cannot be reached now" : $"no node '{to.Node}' in the mesh");
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
    public void Require(long request, IReadOnlyList<string> names, TimeSpan deadline)
    {
        if (_requires.Count >= view.Options.MostCalls)
        {
            output.Add(new AnswerRequest(request, new Envelope { Type = MessageType.Required, Error = new ErrorInfo(LocalCastError.Busy, "too many requirements wait") }));
            return;
        }

        _requires.Add(request, names, deadline);
        StateChanged();
    }

    public void Cancel(long request)
    {
        asks.Cancel(request);
        _requires.Remove(other => other == request);
    }

    /// <summary>Sends a message of any other type, or a pong.</summary>
    public void Send(Envelope message)
    {
        if (MeshAddress.Parse(message.To).Agent is { } agent && sender.Send(agent, Outward(message), LinkTraffic.Topic).Error is { } error)
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

        return isAwaited;
    }

    /// <summary>Documents or paths changed.</summary>
    public void StateChanged()
    {
        _topicsByAgent.Clear();
        if (_requires.Count == 0)
        {
            return;
        }

        Dictionary<string, NodeDescription> ready = ReadyNodes();
        foreach (string name in ready.Keys)
        {
            foreach (RequireTable<long>.Waiting waiting in _requires.TakeComplete(name, ready.ContainsKey))
            {
                var data = new RequiredData { Nodes = [.. waiting.Names.Select(wanted => ready[wanted])] };
                output.Add(new AnswerRequest(waiting.Requester, MeshMessage.Of(MessageType.Required, data, ControlJson.Default.RequiredData)));
            }
        }
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

        foreach (RequireTable<long>.Waiting waiting in _requires.TakeExpired(now))
        {
            Dictionary<string, NodeDescription> ready = ReadyNodes();
            HashSet<string> known = [.. view.AllNodes.Select(item => item.Node.Name)];
            IEnumerable<string> missing = waiting.Names.Where(name => !ready.ContainsKey(name)).Select(name => known.Contains(name) ? $"'{name}' is not ready" : $"'{name}' is nowhere in the mesh");
            output.Add(new AnswerRequest(waiting.Requester, new Envelope { Type = MessageType.Required, Error = new ErrorInfo(LocalCastError.NodeNotReady, string.Join("; ", missing)) }));
        }
    }

    private void PublishToOne(long request, Envelope message, TimeSpan now)
    {
        MeshAddress[] subscribers = [.. view.AllNodes.Where(item => view.IsMember(item.Agent, message.Group) && Subscribes(item.Node, message.Topic!)).Select(item => item.Address)];
        if (subscribers.Length == 0)
        {
            Fail(request, MessageType.Ack, message, LocalCastError.NoSubscriber, $"nobody subscribes to '{message.Topic}'");
            return;
        }

        // Uniform over subscribers, not over agents; the order is also that of the attempts, each subscriber once.
        random.Shuffle(subscribers);
        asks.Start(NewAsk(request, message, new Queue<MeshAddress>(subscribers), now), now);
    }

    private void PublishToMany(long request, Envelope message)
    {
        AgentDocument[] receivers = [.. view.Store.Reachable.Where(document => view.IsMember(document.Id, message.Group) && (message.Mode == PublishMode.Every || HasSubscriber(document, message.Topic!)))];
        sender.SendToMany(receivers.Select(document => document.Id), EnvelopeCopy.Addressed(message, message.To, NextId()));
        Acknowledge(request, message, new DeliveredData { Delivered = receivers.Length }, ControlJson.Default.DeliveredData);
    }

    /// <summary>Agents with a ready node of the name, the nearest first; nodes that are not ready come last, for their own error.</summary>
    private IEnumerable<MeshAddress> Holders(string name) => view.OtherNodes
        .Where(item => item.Node.Name == name && item.Node.Role != "client")
        .OrderBy(item => item.Node.State is null or "Ready" ? 0 : 1)
        .ThenBy(item => view.Graph.TryFind(item.Agent, out MeshPath? path) ? path.Cost : long.MaxValue)
        .ThenBy(item => item.Agent, StringComparer.Ordinal)
        .Select(item => item.Address);

    private Dictionary<string, NodeDescription> ReadyNodes()
    {
        Dictionary<string, NodeDescription> ready = new(StringComparer.Ordinal);
        foreach (MeshNode item in view.AllNodes)
        {
            if (item.Node.State is null or "Ready" && item.Node.Role != "client")
            {
                ready.TryAdd(item.Node.Name, item.Node);
            }
        }

        return ready;
    }

    private bool HasSubscriber(AgentDocument document, string topic)
    {
        if (!_topicsByAgent.TryGetValue(document.Id, out SubscriptionTable<string>? table))
        {
            _topicsByAgent[document.Id] = table = new SubscriptionTable<string>();
            foreach (NodeDescription node in document.Nodes)
            {
                foreach (string pattern in node.Topics ?? [])
                {
                    table.Add(pattern, node.Name);
                }
            }
        }

        HashSet<string> found = [];
        table.Match(topic, found);
        return found.Count > 0;
    }

    private static bool Subscribes(NodeDescription node, string topic)
    {
        var table = new SubscriptionTable<string>();
        foreach (string pattern in node.Topics ?? [])
        {
            table.Add(pattern, node.Name);
        }

        HashSet<string> found = [];
        table.Match(topic, found);
        return found.Count > 0;
    }

    private bool IsTooFast(Envelope message, TimeSpan now) => view.Options.OutgoingBytesPerSecond > 0 && !_bandwidth.TryTake(now, MeshMessage.SizeOf(message));

    /// <summary>A person writes the agent's name; what it is known by is its id.</summary>
    private MeshAddress WithId(MeshAddress to)
    {
        if (to.Agent is not { } agent || agent == view.Self.Id || view.Store.TryFind(agent, out _))
        {
            return to;
        }

        string[] named = [.. view.Store.Reachable.Where(document => document.Name == agent).Select(document => document.Id).Take(2)];
        return named is [var id] ? to with { Agent = id } : to;
    }

    private static Ask NewAsk(long request, Envelope message, Queue<MeshAddress> candidates, TimeSpan now) => new()
    {
        Request = request,
        Message = message,
        Candidates = candidates,
        Deadline = now + TimeSpan.FromMilliseconds(message.DeadlineMs ?? OutgoingAsks.DefaultDeadlineMs),
    };

    /// <summary>With the agent's start in it: the ids of participants begin anew with each of theirs.</summary>
    private string NextId() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{view.Self.Boot:x}-m{++_lastMany:x}");

    private Envelope Outward(Envelope message) => EnvelopeCopy.From(message, new MeshAddress(MeshAddress.Parse(message.From).Node, view.Self.Id).ToString());

    private void Fail(long request, MessageType type, Envelope message, LocalCastError code, string why) =>
        output.Add(new AnswerRequest(request, new Envelope { Type = type, To = message.From, ReplyTo = message.Id, Error = new ErrorInfo(code, why) }));

    private void Acknowledge<T>(long request, Envelope message, T data, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> shape) =>
        output.Add(new AnswerRequest(request, new Envelope
        {
            Type = MessageType.Ack,
            ReplyTo = message.Id,
            PayloadKind = PayloadKind.Json,
            Payload = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(data, shape),
        }));
}
