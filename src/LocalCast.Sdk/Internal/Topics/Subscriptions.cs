using System.Collections.Concurrent;
using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>The subscriptions of a node, which outlive a connection, and the delivery of what is published. Hot path.</summary>
internal sealed class Subscriptions(NodeCore node)
{
    private const int MostTopics = 4096;

    private readonly SubscriptionTable<Subscription> _table = new();
    private readonly HashSet<Subscription> _all = [];
    private readonly Dictionary<string, int> _patterns = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<byte[], (string Topic, Subscription[] Subscriptions)> _cache = new(Utf8Comparer.Instance);
    private readonly HashSet<Subscription> _touched = []; // the reading thread's
    private readonly Lock _lock = new();
    private Subscription? _lastTouched;
    private Route? _last;
    private int _version;

    /// <summary>Another one after every change.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>What the agent has to know when the node joins.</summary>
    public IReadOnlyList<string> Patterns
    {
        get
        {
            lock (_lock)
            {
                return [.. _patterns.Keys];
            }
        }
    }

    /// <summary>Whether any subscription has this pattern.</summary>
    public bool IsWanted(string pattern)
    {
        lock (_lock)
        {
            return _patterns.ContainsKey(pattern);
        }
    }

    /// <summary>Adds a subscription.</summary>
    public void Add(Subscription subscription)
    {
        lock (_lock)
        {
            _all.Add(subscription);
            _table.Add(subscription.Pattern, subscription);
            ForgetRoutes();
            _patterns[subscription.Pattern] = _patterns.GetValueOrDefault(subscription.Pattern) + 1;
            Interlocked.Increment(ref _version);
        }
    }

    /// <summary>Removes a subscription; doing it twice does nothing.</summary>
    public void Remove(Subscription subscription)
    {
        lock (_lock)
        {
            _all.Remove(subscription);
            if (!_table.Remove(subscription.Pattern, subscription))
            {
                return;
            }

            ForgetRoutes();
            if (--System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_patterns, subscription.Pattern, out _) == 0)
            {
                _patterns.Remove(subscription.Pattern);
                Interlocked.Increment(ref _version);
            }
        }
    }

    /// <summary>Ends all of them, because the node has left.</summary>
    public void CompleteAll(Exception? failure)
    {
        Subscription[] all;
        lock (_lock)
        {
            all = [.. _all];
        }

        foreach (Subscription subscription in all)
        {
            subscription.Complete(failure);
        }
    }

    /// <summary>Delivers a publication, on the reading thread.</summary>
    /// <returns>Whether something was queued to be sent.</returns>
    public bool Deliver(LinkSession session, in Packet packet)
    {
        Route route = Find(packet);
        bool isTaken = Deliver(route, packet.PayloadKind, packet.Payload);
        if (packet.Mode != PublishMode.One)
        {
            return false;
        }

        session.Send(LinkSession.Reply(
            MessageType.Ack,
            packet.Sequence,
            isTaken ? null : new ErrorInfo(LocalCastError.Busy, $"'{node.Name}' does not read '{route.Origin.Topic}' any more")));
        return true;
    }

    /// <summary>Delivers a frame, if it is a publication like the last one but for its payload: then everything else is known.</summary>
    public bool TryDeliverAgain(ReadOnlySpan<byte> body)
    {
        if (Volatile.Read(ref _last) is not { } last || !body.StartsWith(last.Prefix) || body.Length == last.Prefix.Length)
        {
            return false;
        }

        Deliver(last, last.Kind, body[last.Prefix.Length..]);
        return true;
    }

    /// <summary>The batch is over: wakes the readers of what it brought.</summary>
    public void Commit()
    {
        foreach (Subscription subscription in _touched)
        {
            subscription.Commit();
        }

        _touched.Clear();
        _lastTouched = null;
    }

    private bool Deliver(Route route, PayloadKind kind, ReadOnlySpan<byte> payload)
    {
        bool isTaken = false;
        foreach (Subscription subscription in route.Subscriptions)
        {
            isTaken |= Deliver(subscription, kind, payload, route.Origin);
        }

        return isTaken;
    }

    private bool Deliver(Subscription subscription, PayloadKind kind, ReadOnlySpan<byte> payload, MessageOrigin origin)
    {
        if (subscription != _lastTouched)
        {
            _lastTouched = subscription;
            _touched.Add(subscription);
        }

        if (subscription.IsFull && !subscription.IsLagging)
        {
            subscription.Commit(); // what is full is there to be read
            // A reader that is merely slow gets a moment, which slows the publisher too; one that does not read gets it once.
            subscription.IsLagging = !SpinWait.SpinUntil(() => !subscription.IsFull, millisecondsTimeout: 100);
        }

        subscription.IsLagging &= !subscription.HasCaughtUp;
        if (subscription.Deliver(kind, payload, origin, node.Json))
        {
            return true;
        }

        subscription.Miss();
        return false;
    }

    /// <summary>Whose message it is and who gets it. A publication to all is remembered: a sender tends to go on with its topic.</summary>
    private Route Find(in Packet packet)
    {
        byte[] topic = packet.Topic.ToArray();
        (string text, Subscription[] subscriptions) = Match(topic);
        var origin = new MessageOrigin(text, node.Names.Find(packet.From, packet.FromName));
        var route = new Route(packet.Raw[..^packet.Payload.Length].ToArray(), packet.PayloadKind, origin, subscriptions);
        if (packet.Mode == PublishMode.All && route.Kind != PayloadKind.None)
        {
            lock (_lock)
            {
                _last = _cache.ContainsKey(topic) ? route : null; // not when a subscription changed meanwhile
            }
        }

        return route;
    }

    private (string Topic, Subscription[] Subscriptions) Match(byte[] topic)
    {
        if (_cache.TryGetValue(topic, out (string Topic, Subscription[] Subscriptions) known))
        {
            return known;
        }

        string text = Encoding.UTF8.GetString(topic);
        var found = new HashSet<Subscription>();
        lock (_lock)
        {
            _table.Match(text, found);
            if (_cache.Count >= MostTopics)
            {
                _cache.Clear();
            }

            return _cache[topic] = (text, [.. found]);
        }
    }

    /// <summary>Forgets who gets what. Called under the lock, with every change.</summary>
    private void ForgetRoutes()
    {
        _cache.Clear();
        _last = null;
    }

    /// <param name="Prefix">A publication's header and options, all of it but the payload.</param>
    private sealed record Route(byte[] Prefix, PayloadKind Kind, MessageOrigin Origin, Subscription[] Subscriptions);
}
