using System.Diagnostics.CodeAnalysis;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Who subscribes to what, and how much of it one participant may.</summary>
internal sealed class SubscriptionBook(Hub hub)
{
    private const int MostDescribed = 100;

    private readonly SubscriptionTable<Session> _table = new();
    private readonly SubscriberCache _cache = new();
    private readonly Lock _lock = new();
    private HashSet<string> _uplinkTopics = [];
    private int _version;

    /// <summary>Another one after every change.</summary>
    public int Version => Volatile.Read(ref _version);

    public bool IsEmpty => _table.IsEmpty;

    /// <summary>Adds a subscription, if it makes sense and there is room.</summary>
    public ErrorInfo? TryAdd(Session subscriber, string topic)
    {
        if (Topic.WhatIsWrong(topic, allowWildcards: true) is { } why)
        {
            return new ErrorInfo(LocalCastError.BadRequest, why);
        }

        lock (_lock)
        {
            if (subscriber.HasLeft)
            {
                return Errors.HasLeft(subscriber);
            }

            subscriber.Subscriptions ??= new SubscriptionShare();
            ErrorInfo? refusal = subscriber.Subscriptions.TryAdd(topic, hub.Options, out bool isNew);
            if (isNew && !subscriber.IsNameless)
            {
                _table.Add(topic, subscriber);
                Changed_NeedsLock();
                hub.Uplink.NodesChanged();
            }

            return refusal;
        }
    }

    public void Remove(Session subscriber, string topic)
    {
        lock (_lock)
        {
            if (subscriber.Subscriptions?.Remove(topic) == true)
            {
                _table.Remove(topic, subscriber);
                Changed_NeedsLock();
                hub.Uplink.NodesChanged();
            }
        }
    }

    /// <summary>What the uplink subscribes to, all of it: other agents bound it.</summary>
    public void Set(Session uplink, IReadOnlyCollection<string> topics)
    {
        lock (_lock)
        {
            HashSet<string> wanted = uplink.HasLeft ? [] : [.. topics.Where(topic => Topic.WhatIsWrong(topic, allowWildcards: true) is null)];
            foreach (string old in _uplinkTopics.Except(wanted).ToArray())
            {
                _table.Remove(old, uplink);
            }

            foreach (string added in wanted.Except(_uplinkTopics).ToArray())
            {
                _table.Add(added, uplink);
            }

            _uplinkTopics = wanted;
            Changed_NeedsLock();
        }
    }

    /// <summary>What other agents are told that a participant subscribes to. Of one that subscribes to more than a description has room for, they are told that it wants everything: what it does not want is left out here.</summary>
    public IReadOnlyList<string> PatternsForOthers(Session subscriber)
    {
        lock (_lock)
        {
            return subscriber.Subscriptions is not { } own ? [] : own.Topics.Count > MostDescribed ? [">"] : [.. own.Topics.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>What a participant subscribes to, as far as a description has room for it.</summary>
    public IReadOnlyList<string> PatternsOf(Session subscriber)
    {
        lock (_lock)
        {
            return subscriber.Subscriptions is null ? [] : [.. subscriber.Subscriptions.Topics.Order(StringComparer.Ordinal).Take(MostDescribed)];
        }
    }

    /// <summary>A name went from one session to another: the subscriptions of a session that has no name wait until it gets it.</summary>
    public void Move(Session? former, Session successor)
    {
        lock (_lock)
        {
            Activate_NeedsLock(former);
            Activate_NeedsLock(successor);
            Changed_NeedsLock();
        }
    }

    public void Leave(Session subscriber)
    {
        if (subscriber.IsUplink)
        {
            Set(subscriber, []);
            return;
        }

        lock (_lock)
        {
            foreach (string topic in subscriber.Subscriptions?.Topics ?? [])
            {
                _table.Remove(topic, subscriber);
            }

            if (subscriber.Subscriptions is { Topics.Count: > 0 })
            {
                subscriber.Subscriptions = null;
                Changed_NeedsLock();
            }
        }
    }

    /// <summary>Finds who gets a topic that was looked up before; one look-up by its bytes.</summary>
    public bool TryGetKnown(ReadOnlySpan<byte> utf8Topic, [NotNullWhen(true)] out Session[]? subscribers) => _cache.TryGet(utf8Topic, out subscribers);

    /// <summary>Finds who gets a topic of the agent's own. Not remembered: what is known is not asked any more whether participants may publish it.</summary>
    public HashSet<Session> MatchOwn(string topic)
    {
        var found = new HashSet<Session>();
        lock (_lock)
        {
            _table.Match(topic, found);
        }

        return found;
    }

    /// <summary>Finds who gets a topic.</summary>
    public Session[] Match(string topic, ReadOnlySpan<byte> utf8)
    {
        var found = new HashSet<Session>();
        lock (_lock)
        {
            _table.Match(topic, found);
            Session[] subscribers = [.. found];
            _cache.Add(utf8, subscribers);
            return subscribers;
        }
    }

    /// <summary>Enters a session's subscriptions, or takes them out, as it has its name now: another move may have come meanwhile.</summary>
    private void Activate_NeedsLock(Session? session)
    {
        if (session is null || session.HasLeft)
        {
            return;
        }

        foreach (string topic in session.Subscriptions?.Topics ?? [])
        {
            if (session.IsNameless)
            {
                _table.Remove(topic, session);
            }
            else
            {
                _table.Add(topic, session);
            }
        }
    }

    private void Changed_NeedsLock()
    {
        _cache.Clear();
        Volatile.Write(ref _version, _version + 1); // last: whoever sees the new one finds nothing old in the cache, and so remembers nothing old by it
    }
}
