using System.Text;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Publications, and the requests to get them. Hot path for publications to all subscribers.</summary>
internal sealed class TopicRouter(Hub hub)
{
    public void Subscribe(Session subscriber, in Packet packet, DeliveryBatch batch) =>
        AnswerAck(subscriber, packet, hub.Subscriptions.TryAdd(subscriber, Encoding.UTF8.GetString(packet.Topic)), batch);

    public void Unsubscribe(Session subscriber, in Packet packet, DeliveryBatch batch)
    {
        hub.Subscriptions.Remove(subscriber, Encoding.UTF8.GetString(packet.Topic));
        AnswerAck(subscriber, packet, error: null, batch);
    }

    public void Publish(Session publisher, in Packet packet, DeliveryBatch batch)
    {
        if (hub.Uplink.WhyNotToGroup(publisher, packet) is { } refusal)
        {
            Answer.WithError(publisher, packet, MessageType.Ack, refusal, batch);
            return;
        }

        int version = hub.Subscriptions.Version; // before the receivers are found: a change in between makes them old at once
        if (!TryFindReceivers(publisher, packet, out Session[] receivers, out ErrorInfo? error))
        {
            Answer.WithError(publisher, packet, MessageType.Ack, error!, batch);
            return;
        }

        if (packet.Mode == PublishMode.One)
        {
            hub.Deliveries.Publish(publisher, packet, receivers, batch);
            return;
        }

        PacketRewrite rewrite = RewriteFrom(publisher, packet, sequence: 0);
        int delivered = 0;
        InvalidDataException? unreadable = null;
        foreach (Session receiver in receivers)
        {
            if (receiver.IsUplink && publisher.IsUplink)
            {
                continue; // what came from elsewhere does not go back
            }

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
        else if (packet.Mode != PublishMode.Every && !publisher.IsUplink)
        {
            batch.Repeated.Remember(packet, rewrite, receivers, version);
        }
    }

    /// <summary>Publishes a message of the agent's own.</summary>
    public void PublishOwn(string topic, ReadOnlyMemory<byte> json)
    {
        var envelope = new Envelope { Type = MessageType.Publish, From = NodeName.Agent, Topic = topic, Mode = PublishMode.All, PayloadKind = PayloadKind.Json, Payload = json };
        foreach (Session subscriber in hub.Subscriptions.MatchOwn(topic))
        {
            if (subscriber.IsUplink)
            {
                continue; // every agent tells its own participants
            }

            if (subscriber.Sender.Send(envelope) == OutboxResult.Full)
            {
                subscriber.HasOverflowed = true;
                hub.Counters.CountDroppedPublication();
            }

            subscriber.Flush();
        }
    }

    private bool TryFindReceivers(Session publisher, in Packet packet, out Session[] receivers, out ErrorInfo? error)
    {
        error = null;
        receivers = [];
        if (!packet.Topic.IsEmpty && packet.Mode != PublishMode.Every && hub.Subscriptions.TryGetKnown(packet.Topic, out Session[]? known))
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

        receivers = packet.Mode == PublishMode.Every ? hub.Uplink.With([.. hub.Membership.Nodes], publisher) : hub.Subscriptions.Match(topic, packet.Topic);
        return true;
    }

    /// <summary>How a publication is passed on.</summary>
    public static PacketRewrite RewriteFrom(Session publisher, in Packet packet, uint sequence) => new()
    {
        Flags = (packet.Flags & ~(PacketFlags.Addressing | PacketFlags.Reply)) | PacketFlags.FromName,
        Sequence = sequence,
        To = Channel.Common,
        From = Origin.ChannelOf(publisher, packet),
        Mode = packet.Mode == PublishMode.None ? PublishMode.All : packet.Mode,
        Addressing = Origin.FieldOf(publisher, packet),
        Rest = packet.Rest,
    };

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
