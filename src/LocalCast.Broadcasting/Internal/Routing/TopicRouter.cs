using System.Text;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Subscriptions and publications. Hot path for publications to all subscribers.</summary>
internal sealed class TopicRouter(Hub hub)
{
    private const int MostDescribed = 100;

    private readonly SubscriptionTable<Session> _table = new();
    private readonly SubscriberCache _cache = new();
    private readonly Lock _lock = new();
    private int _version;

    /// <summary>Another one after every change of a subscription.</summary>
    public int Version => Volatile.Read(ref _version);

    public bool HasSubscriptions => !_table.IsEmpty;

    public void Subscribe(Session subscriber, in Packet packet, DeliveryBatch batch)
    {
        string topic = Encoding.UTF8.GetString(packet.Topic);
        AnswerAck(subscriber, packet, TrySubscribe(subscriber, topic), batch);
    }

    public void Unsubscribe(Session subscriber, in Packet packet, DeliveryBatch batch)
    {
        string topic = Encoding.UTF8.GetString(packet.Topic);
        lock (_lock)
        {
            if (subscriber.Subscriptions?.Remove(topic) == true)
            {
                _table.Remove(topic, subscriber);
                Changed_NeedsLock();
            }
        }

        AnswerAck(subscriber, packet, error: null, batch);
    }

    /// <summary>Adds a subscription, if it makes sense and there is room.</summary>
    public ErrorInfo? TrySubscribe(Session subscriber, string topic)
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

            subscriber.Subscriptions ??= new HashSet<string>(StringComparer.Ordinal);
            if (subscriber.Subscriptions.Count >= hub.Options.MaxSubscriptions && !subscriber.Subscriptions.Contains(topic))
            {
                return Errors.TooManySubscriptions(hub.Options.MaxSubscriptions);
            }

            if (subscriber.Subscriptions.Add(topic) && !subscriber.IsNameless)
            {
                _table.Add(topic, subscriber);
                Changed_NeedsLock();
            }
        }

        return null;
    }

    /// <summary>What a participant subscribes to, as far as a description has room for it.</summary>
    public IReadOnlyList<string> PatternsOf(Session subscriber)
    {
        lock (_lock)
        {
            return subscriber.Subscriptions is null ? [] : [.. subscriber.Subscriptions.Order(StringComparer.Ordinal).Take(MostDescribed)];
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
        lock (_lock)
        {
            foreach (string topic in subscriber.Subscriptions ?? [])
            {
                _table.Remove(topic, subscriber);
            }

            if (subscriber.Subscriptions is { Count: > 0 })
            {
                subscriber.Subscriptions = null;
                Changed_NeedsLock();
            }
        }
    }

    public void Publish(Session publisher, in Packet packet, DeliveryBatch batch)
    {
        int version = Version; // before the receivers are found: a change in between makes them old at once
        if (!TryFindReceivers(packet, out Session[] receivers, out ErrorInfo? error))
        {
            Answer.WithError(publisher, packet, MessageType.Ack, error!, batch);
            return;
        }

        if (packet.Mode == PublishMode.One)
        {
            PublishToOne(publisher, packet, receivers, batch);
            return;
        }

        PacketRewrite rewrite = RewriteFrom(publisher, packet, sequence: 0);
        int delivered = 0;
        InvalidDataException? unreadable = null;
        foreach (Session receiver in receivers)
        {
            try
            {
                OutboxResult sent = receiver.Sender.Forward(packet, rewrite);
                if (batch.Note(receiver, sent))
                {
                    delivered++;
                }
                else if (sent == OutboxResult.Full)
                {
                    hub.Counters.CountDroppedPublication();
                }
            }
            catch (InvalidDataException e)
            {
                unreadable = e; // for this receiver; the others get it
                hub.Counters.CountDroppedPublication();
            }
        }

        if (unreadable is not null)
        {
            throw new InvalidDataException($"a subscriber speaks JSON and could not be given it: {unreadable.Message}", unreadable);
        }

        if (Answer.IdOf(packet) is not null)
        {
            Answer.With(publisher, packet, MessageType.Ack, SessionSender.Json(new DeliveredData { Delivered = delivered }, ControlJson.Default.DeliveredData), batch);
        }
        else if (packet.Mode != PublishMode.Every)
        {
            batch.Repeated.Remember(packet, rewrite, receivers, version);
        }
    }

    /// <summary>Publishes a message of the agent's own.</summary>
    public void PublishOwn(string topic, ReadOnlyMemory<byte> json)
    {
        var found = new HashSet<Session>();
        lock (_lock)
        {
            _table.Match(topic, found);
        }

        var envelope = new Envelope { Type = MessageType.Publish, From = NodeName.Agent, Topic = topic, Mode = PublishMode.All, PayloadKind = PayloadKind.Json, Payload = json };
        foreach (Session subscriber in found)
        {
            if (subscriber.Sender.Send(envelope) == OutboxResult.Full)
            {
                subscriber.HasOverflowed = true;
                hub.Counters.CountDroppedPublication();
            }

            subscriber.Flush();
        }
    }

    /// <summary>A subscriber acknowledges a publication, or says why it does not take it.</summary>
    public void Acknowledge(Session subscriber, in Packet packet, DeliveryBatch batch)
    {
        Exchange exchange;
        lock (subscriber.CallsLock)
        {
            if (!subscriber.HasCalls || !subscriber.Calls.TryPeek(packet.Sequence, out exchange) || exchange.Delivery is null)
            {
                hub.Counters.CountLateAnswer();
                return;
            }

            subscriber.Calls.TryTake(packet.Sequence, out _);
        }

        if (packet.Has(PacketFlags.Error))
        {
            TryNext(exchange, batch);
        }
        else
        {
            Answer.Send(exchange.Owner, MessageType.Ack, exchange.Id, default, error: null, batch);
        }
    }

    /// <summary>Sends a publication to the next subscriber, or tells the publisher that there is none left.</summary>
    public void TryNext(in Exchange exchange, DeliveryBatch? batch)
    {
        Delivery delivery = exchange.Delivery!;
        TimeSpan now = hub.Now;
        while (delivery.Untried.Count > 0 && now < delivery.Deadline)
        {
            int index = Random.Shared.Next(delivery.Untried.Count);
            Session subscriber = delivery.Untried[index];
            delivery.Untried.RemoveAt(index);
            if (TrySend(subscriber, exchange, now, batch))
            {
                return;
            }
        }

        if (exchange.Id is not null)
        {
            Answer.Fail(
                exchange,
                delivery.WasSent
                    ? new(LocalCastError.SubscriberTimeout, "no subscriber acknowledged in time")
                    : new(LocalCastError.NoSubscriber, "no subscriber could take it"),
                batch);
        }
    }

    private bool TrySend(Session subscriber, in Exchange exchange, TimeSpan now, DeliveryBatch? batch)
    {
        Delivery delivery = exchange.Delivery!;
        hub.HasNewCalls = true;
        TimeSpan attemptEnd = now + hub.Options.AckTimeout;
        uint sequence;
        lock (subscriber.CallsLock)
        {
            if (subscriber.HasLeft || subscriber.IsNameless || !subscriber.Calls.TryAdd(exchange, attemptEnd < delivery.Deadline ? attemptEnd : delivery.Deadline, out sequence))
            {
                return false;
            }
        }

        Packet.TryRead(delivery.Packet, out Packet packet, out _);
        OutboxResult sent;
        try
        {
            sent = subscriber.Sender.Forward(packet, RewriteFrom(exchange.Owner, packet, sequence));
        }
        catch (InvalidDataException)
        {
            sent = OutboxResult.Full; // it cannot be put into the form that this subscriber speaks: as if there were no room for it
        }

        bool isQueued = sent is OutboxResult.Queued or OutboxResult.Congested;
        if (batch is not null)
        {
            batch.Note(subscriber, sent);
        }
        else if (isQueued)
        {
            subscriber.Flush();
        }

        if (!isQueued)
        {
            lock (subscriber.CallsLock)
            {
                // If it is gone from the table, the subscriber left meanwhile and its leaving goes on with the next one.
                return !subscriber.Calls.TryTake(sequence, out _);
            }
        }

        delivery.WasSent = true;
        return true;
    }

    private void PublishToOne(Session publisher, in Packet packet, Session[] subscribers, DeliveryBatch batch)
    {
        if (subscribers.Length == 0)
        {
            Answer.WithError(publisher, packet, MessageType.Ack, new(LocalCastError.NoSubscriber, $"nobody subscribes to '{Encoding.UTF8.GetString(packet.Topic)}'"), batch);
            return;
        }

        var delivery = new Delivery(packet.Raw.ToArray(), [.. subscribers], hub.DeadlineOf(packet, batch.Now));
        TryNext(new Exchange(publisher, 0, Answer.IdOf(packet), delivery), batch);
    }

    private bool TryFindReceivers(in Packet packet, out Session[] receivers, out ErrorInfo? error)
    {
        error = null;
        receivers = [];
        if (!packet.Topic.IsEmpty && packet.Mode != PublishMode.Every && _cache.TryGet(packet.Topic, out Session[]? known))
        {
            receivers = known;
            return true;
        }

        string topic = Encoding.UTF8.GetString(packet.Topic);
        if (Topic.WhatIsWrong(topic, allowWildcards: false) is { } why)
        {
            error = new ErrorInfo(LocalCastError.BadRequest, why);
            return false;
        }

        if (topic.StartsWith(Topic.ReservedPrefix, StringComparison.Ordinal))
        {
            error = new ErrorInfo(LocalCastError.Forbidden, $"topics that start with '{Topic.ReservedPrefix}' are published by the agent only");
            return false;
        }

        receivers = packet.Mode == PublishMode.Every ? [.. hub.Membership.Nodes] : Match(topic, packet.Topic);
        return true;
    }

    private Session[] Match(string topic, ReadOnlySpan<byte> utf8)
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

    private static PacketRewrite RewriteFrom(Session publisher, in Packet packet, uint sequence) => new()
    {
        Flags = (packet.Flags & ~(PacketFlags.Addressing | PacketFlags.Reply)) | PacketFlags.FromName,
        Sequence = sequence,
        To = Channel.Common,
        From = publisher.Member!.Channel,
        Mode = packet.Mode == PublishMode.None ? PublishMode.All : packet.Mode,
        Addressing = publisher.Member.FromName,
        Rest = packet.Rest,
    };

    /// <summary>Enters a session's subscriptions, or takes them out, as it has its name now: another move may have come meanwhile.</summary>
    private void Activate_NeedsLock(Session? session)
    {
        if (session is null || session.HasLeft)
        {
            return;
        }

        foreach (string topic in session.Subscriptions ?? [])
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
        Volatile.Write(ref _version, _version + 1);
        _cache.Clear();
    }

    private static void AnswerAck(Session to, in Packet packet, ErrorInfo? error, DeliveryBatch batch)
    {
        if (Answer.IdOf(packet) is { } id)
        {
            Answer.Send(to, MessageType.Ack, id, default, error, batch);
        }
        else if (error is not null)
        {
            Answer.WithError(to, packet, MessageType.Ack, error, batch);
        }
    }
}
