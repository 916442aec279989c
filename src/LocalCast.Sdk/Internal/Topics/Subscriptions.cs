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
    private readonly Lock _lock = new();

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

    /// <summary>Adds a subscription.</summary>
    /// <returns>Whether the agent has to be told, because it is the first of its pattern.</returns>
    public bool Add(Subscription subscription)
    {
        lock (_lock)
        {
            _all.Add(subscription);
            _table.Add(subscription.Pattern, subscription);
            _cache.Clear();
            int count = _patterns.GetValueOrDefault(subscription.Pattern);
            _patterns[subscription.Pattern] = count + 1;
            return count == 0;
        }
    }

    /// <summary>Removes a subscription.</summary>
    /// <returns>Whether the agent has to be told, because it was the last of its pattern.</returns>
    public bool Remove(Subscription subscription)
    {
        lock (_lock)
        {
            _all.Remove(subscription);
            if (!_table.Remove(subscription.Pattern, subscription))
            {
                return false;
            }

            _cache.Clear();
            int count = _patterns[subscription.Pattern] - 1;
            _patterns[subscription.Pattern] = count;
            return count == 0 && _patterns.Remove(subscription.Pattern);
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
        (string topic, Subscription[] subscriptions) = Find(packet.Topic);
        string from = node.Names.Find(packet.Header.From, packet.FromName);
        bool taken = false;
        foreach (Subscription subscription in subscriptions)
        {
            taken |= Deliver(subscription, packet, topic, from);
        }

        if (packet.Header.Mode != PublishMode.One)
        {
            return false;
        }

        session.Send(LinkSession.Reply(
            MessageType.Ack,
            packet.Header.Sequence,
            taken ? null : new ErrorInfo(LocalCastError.Busy, $"'{node.Name}' does not read '{topic}' any more")));
        return true;
    }

    private bool Deliver(Subscription subscription, in Packet packet, string topic, string from)
    {
        if (subscription.IsFull && !subscription.IsLagging)
        {
            // A reader that is merely slow gets a moment, which slows the publisher too; one that does not read gets it once.
            subscription.IsLagging = !SpinWait.SpinUntil(() => !subscription.IsFull, millisecondsTimeout: 1000);
        }

        subscription.IsLagging &= !subscription.HasCaughtUp;
        if (subscription.Deliver(packet, topic, from, node.Json))
        {
            return true;
        }

        subscription.Miss();
        return false;
    }

    private (string Topic, Subscription[] Subscriptions) Find(ReadOnlySpan<byte> topic)
    {
        if (_cache.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out (string Topic, Subscription[] Subscriptions) known))
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

            return _cache[topic.ToArray()] = (text, [.. found]);
        }
    }
}
