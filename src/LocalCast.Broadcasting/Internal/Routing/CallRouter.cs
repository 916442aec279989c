using System.Text;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Calls and their results. Every call is in its callee's table until it is answered, cancelled, too late, or the callee leaves. Hot path.</summary>
internal sealed class CallRouter(Hub hub)
{
    private readonly AgentMethods _agentMethods = new(hub);

    public void Call(Session caller, in Packet packet, DeliveryBatch batch)
    {
        Channel to = packet.To;
        if (to.IsCommon || to == Membership.AgentChannel)
        {
            _agentMethods.Call(caller, packet, batch);
            return;
        }

        ErrorInfo? error =
            packet is { Sequence: 0, Id.IsEmpty: true } || packet.Has(PacketFlags.Reply) ? new(LocalCastError.BadRequest, "a call needs an id")
            : packet.Method.IsEmpty ? new(LocalCastError.BadRequest, "a call needs a method")
            : packet.DeadlineMs == 0 ? new(LocalCastError.Timeout, "the call had no time left when it came")
            : !hub.Membership.TryFind(to, out Session? callee) ? Errors.NodeNotFound(packet)
            : !callee.Member!.IsNode ? new(LocalCastError.MethodNotFound, $"'{callee.Member.Name}' is a client, it offers no methods")
            : !callee.Member.IsReady ? Errors.NodeNotReady(callee)
            : TryForward(caller, callee, packet, batch);
        if (error is not null)
        {
            Answer.WithError(caller, packet, MessageType.Result, error, batch);
        }
    }

    public void Result(Session callee, in Packet packet, DeliveryBatch batch)
    {
        Exchange exchange = default;
        bool isOurs = false;
        if (packet.Has(PacketFlags.Reply) && packet.Sequence != 0)
        {
            lock (callee.CallsLock)
            {
                isOurs = callee.HasCalls
                    && callee.Calls.TryPeek(packet.Sequence, out exchange) && exchange.Delivery is null
                    && callee.Calls.TryTake(packet.Sequence, out _);
            }
        }

        if (!isOurs)
        {
            hub.Counters.CountLateAnswer();
            Answer.WithError(callee, packet, MessageType.Ack, new(LocalCastError.BadRequest, "no call with this id waits for your answer: it is answered, too late, or was never yours"), batch);
            return;
        }

        Session caller = exchange.Owner;
        Interlocked.Decrement(ref caller.CallsOut);
        Span<byte> quoted = exchange.Id is null ? default : stackalloc byte[sizeof(ushort) + Encoding.UTF8.GetByteCount(exchange.Id)];
        PacketFlags flags = (packet.Flags & ~PacketFlags.Addressing) | PacketFlags.Reply;
        if (exchange.Id is not null)
        {
            flags |= PacketFlags.ReplyTo;
            WriteText(quoted, exchange.Id);
        }

        try
        {
            OutboxResult sent = caller.Sender.Forward(packet, new PacketRewrite
            {
                Flags = flags,
                Sequence = exchange.Sequence,
                To = caller.Member!.Channel,
                From = callee.Member!.Channel,
                Addressing = quoted,
                Rest = packet.Rest,
            });
            if (!batch.NoteAnswer(caller, sent) && sent == OutboxResult.Full)
            {
                caller.Close(new(LocalCastError.Busy, "it does not read its results")); // its calls fail with the session: no answer is lost in silence
            }
        }
        catch (InvalidDataException)
        {
            Answer.Fail(exchange, new(LocalCastError.HandlerFailed, $"'{callee.Member!.Name}' answered with something that is not JSON"), batch);
        }
    }

    /// <summary>The caller gave up. The callee is told, and the caller gets its one answer.</summary>
    public void Cancel(Session caller, in Packet packet, DeliveryBatch batch)
    {
        string? id = packet.ReplyTo.IsEmpty ? null : Encoding.UTF8.GetString(packet.ReplyTo);
        uint sequence = packet.Sequence;
        IEnumerable<Session> callees = hub.Membership.TryFind(packet.To, out Session? named) ? [named]
            : Volatile.Read(ref caller.CallsOut) > 0 ? hub.Membership.Nodes
            : [];
        foreach (Session callee in callees.Where(node => node.HasCalls))
        {
            EndCalls(callee, e => e.Owner == caller && e.Delivery is null && (id is null ? e.Sequence == sequence && e.Id is null : e.Id == id), new(LocalCastError.Cancelled, "the caller gave up"), batch);
        }
    }

    /// <summary>A participant left: whoever waits for it fails at once, and whatever it waited for is cancelled.</summary>
    public void Leave(Session participant, ErrorInfo reason)
    {
        List<(uint Sequence, Exchange Exchange)> unanswered = [];
        lock (participant.CallsLock)
        {
            if (participant.HasCalls)
            {
                participant.Calls.TakeAll(unanswered);
            }
        }

        ErrorInfo error = Errors.Disconnected(participant.Member!.Name, reason);
        foreach ((_, Exchange exchange) in unanswered)
        {
            Guarded.Run(hub, () => End(exchange, error, batch: null));
        }

        if (Volatile.Read(ref participant.CallsOut) > 0)
        {
            foreach (Session callee in hub.Membership.Nodes.Where(node => node.HasCalls))
            {
                EndCalls(callee, e => e.Owner == participant, new(LocalCastError.Cancelled, "the caller left"), batch: null);
            }
        }
    }

    /// <summary>Ends what is overdue at one participant.</summary>
    public void Expire(Session callee, TimeSpan now)
    {
        List<(uint Sequence, Exchange Exchange)> expired = [];
        lock (callee.CallsLock)
        {
            callee.Calls.TakeExpired(now, expired);
        }

        foreach ((uint sequence, Exchange exchange) in expired)
        {
            if (exchange.Delivery is null)
            {
                Guarded.Run(hub, () => SendCancel(callee, sequence, batch: null));
            }

            Guarded.Run(hub, () => End(exchange, new(LocalCastError.Timeout, $"'{callee.Member!.Name}' did not answer in time"), batch: null));
        }
    }

    private ErrorInfo? TryForward(Session caller, Session callee, in Packet packet, DeliveryBatch batch)
    {
        if (Interlocked.Increment(ref caller.CallsOut) > hub.Options.MaxCalls)
        {
            Interlocked.Decrement(ref caller.CallsOut);
            return Errors.TooManyCalls("the caller", hub.Options.MaxCalls);
        }

        TimeSpan deadline = hub.DeadlineOf(packet, batch.Now);
        if (!hub.HasNewCalls)
        {
            hub.HasNewCalls = true;
        }

        string? id = packet.Id.IsEmpty ? null : Encoding.UTF8.GetString(packet.Id);
        uint sequence;
        lock (callee.CallsLock)
        {
            if (callee.HasLeft)
            {
                Interlocked.Decrement(ref caller.CallsOut);
                return Errors.HasLeft(callee); // it was found before it left: nobody would answer, or time out, what is added now
            }

            if (!callee.Calls.TryAdd(new Exchange(caller, packet.Sequence, id), deadline, out sequence))
            {
                Interlocked.Decrement(ref caller.CallsOut);
                return Errors.TooManyCalls($"'{callee.Member!.Name}'", hub.Options.MaxCalls);
            }
        }

        ErrorInfo error;
        try
        {
            OutboxResult sent = callee.Sender.Forward(packet, new PacketRewrite
            {
                Flags = (packet.Flags & ~PacketFlags.Addressing) | PacketFlags.FromName,
                Sequence = sequence,
                To = callee.Member!.Channel,
                From = caller.Member!.Channel,
                Addressing = caller.Member.FromName,
                Rest = packet.Rest,
            });
            if (batch.Note(callee, sent))
            {
                return null;
            }

            error = sent == OutboxResult.Full ? Errors.QueueFull(callee) : Errors.Disconnected(callee.Member.Name, new(LocalCastError.Disconnected, "its connection ended"));
        }
        catch (InvalidDataException e)
        {
            error = new(LocalCastError.BadRequest, e.Message);
        }

        // Whoever takes it out of the table answers it: if it is gone, the callee left meanwhile and the caller has its answer.
        lock (callee.CallsLock)
        {
            if (!callee.Calls.TryTake(sequence, out _))
            {
                return null;
            }
        }

        Interlocked.Decrement(ref caller.CallsOut);
        return error;
    }

    private void EndCalls(Session callee, Predicate<Exchange> which, ErrorInfo error, DeliveryBatch? batch)
    {
        List<(uint Sequence, Exchange Exchange)> ended = [];
        lock (callee.CallsLock)
        {
            callee.Calls.TakeWhere(which, ended);
        }

        foreach ((uint sequence, Exchange exchange) in ended)
        {
            if (exchange.Delivery is null)
            {
                Interlocked.Decrement(ref exchange.Owner.CallsOut);
                Guarded.Run(hub, () => SendCancel(callee, sequence, batch));
            }

            Guarded.Run(hub, () => Answer.Fail(exchange, error, batch));
        }
    }

    private void End(in Exchange exchange, ErrorInfo error, DeliveryBatch? batch)
    {
        if (exchange.Delivery is not null)
        {
            hub.Deliveries.TryNext(exchange, batch);
            return;
        }

        Interlocked.Decrement(ref exchange.Owner.CallsOut);
        Answer.Fail(exchange, error, batch);
    }

    private static void SendCancel(Session callee, uint sequence, DeliveryBatch? batch) =>
        Answer.Send(callee, MessageType.Cancel, sequence.ToString(System.Globalization.CultureInfo.InvariantCulture), default, error: null, batch);

    private static void WriteText(Span<byte> destination, string text)
    {
        int size = Encoding.UTF8.GetBytes(text, destination[sizeof(ushort)..]);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)size);
    }
}
