using System.Text;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Publications to one subscriber: each is acknowledged, or goes to another subscriber, or its publisher is told why not.</summary>
internal sealed class DeliveryRouter(Hub hub)
{
    /// <summary>Sends a publication to one of its subscribers.</summary>
    public void Publish(Session publisher, in Packet packet, Session[] subscribers, DeliveryBatch batch)
    {
        if (publisher.IsUplink)
        {
            // Another agent picked this subscriber, and goes on with the next one itself.
            Channel chosen = packet.To;
            subscribers = [.. subscribers.Where(subscriber => !subscriber.IsUplink && subscriber.Member!.Channel == chosen)];
        }

        if (subscribers.Length == 0)
        {
            Answer.WithError(publisher, packet, MessageType.Ack, new(LocalCastError.NoSubscriber, $"nobody subscribes to '{Encoding.UTF8.GetString(packet.Topic)}'"), batch);
            return;
        }

        var delivery = new Delivery(packet.Raw.ToArray(), [.. subscribers], hub.DeadlineOf(packet, batch.Now));
        Deliver(new Exchange(publisher, 0, Answer.IdOf(packet), delivery), batch, isPublishers: true);
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
            exchange.Delivery.WhyElsewhere = subscriber.IsUplink ? BinaryCodec.ReadError(packet.Error) : null;
            TryNext(exchange, batch);
        }
        else
        {
            Answer.Send(exchange.Owner, MessageType.Ack, exchange.Id, default, error: null, batch);
        }
    }

    /// <summary>Sends a publication to the next subscriber, or tells the publisher that there is none left.</summary>
    public void TryNext(in Exchange exchange, DeliveryBatch? batch) => Deliver(exchange, batch, isPublishers: false);

    /// <param name="exchange">The publication.</param>
    /// <param name="batch">What set this off, if it was a batch.</param>
    /// <param name="isPublishers">Whether that is the publisher's own: only the publisher waits for a subscriber that is behind, not one that refused or left.</param>
    private void Deliver(in Exchange exchange, DeliveryBatch? batch, bool isPublishers)
    {
        Delivery delivery = exchange.Delivery!;
        TimeSpan now = hub.Now;
        while (delivery.Untried.Count > 0 && now < delivery.Deadline)
        {
            Session subscriber = delivery.TakeAny(hub.Uplink);
            if (TrySend(subscriber, exchange, now, batch, isPublishers))
            {
                return;
            }
        }

        if (exchange.Id is not null)
        {
            Answer.Fail(
                exchange,
                delivery.WhyElsewhere is { } why ? why
                : delivery.WasSent
                    ? new(LocalCastError.SubscriberTimeout, "no subscriber acknowledged in time")
                    : new(LocalCastError.NoSubscriber, "no subscriber could take it"),
                batch);
        }
    }

    private bool TrySend(Session subscriber, in Exchange exchange, TimeSpan now, DeliveryBatch? batch, bool isPublishers)
    {
        Delivery delivery = exchange.Delivery!;
        hub.HasNewCalls = true;
        TimeSpan attemptEnd = now + hub.Options.AckTimeout;
        uint sequence;
        lock (subscriber.CallsLock)
        {
            // The uplink tries one subscriber after the other itself, in the whole time.
            if (subscriber.HasLeft || subscriber.IsNameless
                || !subscriber.Calls.TryAdd(exchange, attemptEnd < delivery.Deadline && !subscriber.IsUplink ? attemptEnd : delivery.Deadline, out sequence))
            {
                return false;
            }
        }

        OutboxResult sent;
        try
        {
            Packet packet = PacketDeadline.Set(delivery.Packet, delivery.Deadline - now, isNeeded: subscriber.IsUplink && delivery.WasSent);
            sent = subscriber.Sender.Forward(packet, TopicRouter.RewriteFrom(exchange.Owner, packet, sequence));
        }
        catch (InvalidDataException)
        {
            sent = OutboxResult.Full; // it cannot be put into the form that this subscriber speaks: as if there were no room for it
        }

        bool isQueued = sent is OutboxResult.Queued or OutboxResult.Congested;
        if (batch is null)
        {
            if (isQueued)
            {
                subscriber.Flush();
            }
        }
        else if (isPublishers)
        {
            batch.Note(subscriber, sent);
        }
        else
        {
            batch.NoteAnswer(subscriber, sent);
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
        delivery.WhyElsewhere = null;
        return true;
    }
}
