using System.Text;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Calls and their results. Every call is in its callee's table until it is answered, cancelled, too late, or the callee leaves. Hot path.</summary>
internal sealed class CallRouter(Hub hub)
{
    /// <summary>The uplink keeps deadlines itself, and knows better why nobody answered: the hub's own are for a defect only.</summary>
    private static readonly TimeSpan _uplinkAnswersWithin = TimeSpan.FromSeconds(2);

    private readonly AgentMethods _agentMethods = new(hub);

    /// <summary>A participant calls.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="packet">The call.</param>
    /// <param name="batch">What it came with.</param>
    /// <param name="isForHere">Whether it stays on this machine, whoever else has the node.</param>
    public void Call(Session caller, in Packet packet, DeliveryBatch batch, bool isForHere = false)
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
            : !hub.Membership.TryFind(to, out Session? callee) ? hub.Uplink.Call(caller, packet, batch, isForHere)
            : !callee.Member!.IsNode ? new(LocalCastError.MethodNotFound, $"'{callee.Member.Name}' is a client, it offers no methods")
            : !callee.TakesCalls || !TryForward(caller, callee, packet, batch, out ErrorInfo? failure) ? hub.Uplink.Call(caller, packet, batch, isForHere)
            : failure;
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

        if (exchange.BootMs >= 0)
        {
            PassBackWithBootTime(callee, exchange, packet, batch);
        }
        else
        {
            PassBack(callee, exchange, packet, batch);
        }
    }

    /// <summary>The caller gave up. The callee is told, and the caller gets its one answer.</summary>
    public void Cancel(Session caller, in Packet packet, DeliveryBatch batch)
    {
        string? id = packet.ReplyTo.IsEmpty ? null : Encoding.UTF8.GetString(packet.ReplyTo);
        uint sequence = packet.Sequence;
        if (packet.To.IsCommon || packet.To == Membership.AgentChannel || hub.Uplink.IsForThisAgent(packet))
        {
            hub.AgentCalls.Cancel(caller, id ?? sequence.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        hub.Parking.Ends.Cancel(caller, sequence, id, batch); // first: what is delivered meanwhile is found below
        IEnumerable<Session> callees = Volatile.Read(ref caller.CallsOut) > 0 ? [.. hub.Membership.CalleesOf(packet.To), .. hub.Uplink.AsCallee] : [];
        foreach (Session callee in callees.Where(node => node.HasCalls))
        {
            EndCalls(callee, e => e.Owner == caller && e.Delivery is null && e.IsNamed(sequence, id), new(LocalCastError.Cancelled, "the caller gave up"), batch);
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
            foreach (Session callee in hub.Membership.Callees.Concat(hub.Uplink.AsCallee).Where(node => node.HasCalls))
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

    /// <summary>Delivers a call to a node that takes calls.</summary>
    /// <returns><see langword="false"/> when it takes none any more; else it is delivered, or failed with the error.</returns>
    public bool TryForward(Session caller, Session callee, in Packet packet, DeliveryBatch batch, out ErrorInfo? error)
    {
        var exchange = new Exchange(caller, packet.Sequence, packet.Id.IsEmpty ? null : Encoding.UTF8.GetString(packet.Id), IsRequirement: packet.Type == MessageType.Require);
        if (exchange.Count() > hub.Options.MaxCalls)
        {
            exchange.Uncount();
            error = Errors.TooManyCalls("the caller", hub.Options.MaxCalls);
            return true;
        }

        bool isTaken = TryDeliver(exchange, callee, packet, hub.DeadlineOf(packet, batch.Now), batch, out error);
        if (!isTaken || error is not null)
        {
            exchange.Uncount();
        }

        return isTaken;
    }

    /// <summary>Enters a call into its callee's table and queues it. The caller's count is its caller's business. A call that waited is delivered also before the callee takes others.</summary>
    /// <returns><see langword="false"/> when the callee takes no calls any more; else it is queued, or failed with the error.</returns>
    public bool TryDeliver(in Exchange exchange, Session callee, in Packet packet, TimeSpan deadline, DeliveryBatch batch, out ErrorInfo? error)
    {
        if (!hub.HasNewCalls)
        {
            hub.HasNewCalls = true;
        }

        uint sequence;
        lock (callee.CallsLock)
        {
            if (callee.HasLeft || (!callee.TakesCalls && exchange.BootMs < 0))
            {
                error = null;
                return false; // it was found before: nobody would answer, or time out, or wait for, what is added now
            }

            if (!callee.Calls.TryAdd(exchange, callee.IsUplink ? deadline + _uplinkAnswersWithin : deadline, out sequence))
            {
                error = Errors.TooManyCalls($"'{callee.Member!.Name}'", hub.Options.MaxCalls);
                return true;
            }

            callee.LastCalled = batch.Now;
        }

        error = Queue(exchange, callee, packet, sequence, batch);
        return true;
    }

    private static ErrorInfo? Queue(in Exchange exchange, Session callee, in Packet packet, uint sequence, DeliveryBatch batch)
    {
        ErrorInfo error;
        try
        {
            OutboxResult sent = callee.Sender.Forward(packet, new PacketRewrite
            {
                Flags = (packet.Flags & ~PacketFlags.Addressing) | Origin.FlagsOf(packet, callee),
                Sequence = sequence,
                To = Origin.TargetOf(packet, callee),
                From = Origin.ChannelOf(exchange.Owner, packet),
                Addressing = Origin.FieldsOf(exchange.Owner, packet, callee),
                Rest = packet.Rest,
            });
            if (batch.Note(callee, sent))
            {
                return null;
            }

            error = sent == OutboxResult.Full ? Errors.QueueFull(callee) : Errors.Disconnected(callee.Member!.Name, new(LocalCastError.Disconnected, "its connection ended"));
        }
        catch (InvalidDataException e)
        {
            error = new(LocalCastError.BadRequest, e.Message);
        }

        // Whoever takes it out of the table answers it: if it is gone, the callee left meanwhile and the caller has its answer.
        lock (callee.CallsLock)
        {
            return callee.Calls.TryTake(sequence, out _) ? error : null;
        }
    }

    private static void PassBackWithBootTime(Session callee, in Exchange exchange, in Packet packet, DeliveryBatch batch)
    {
        if (Packet.TryRead(BootHeader.AddTo(packet, exchange.BootMs), out Packet withHeader, out _))
        {
            PassBack(callee, exchange, withHeader, batch);
        }
        else
        {
            PassBack(callee, exchange, packet, batch);
        }
    }

    private static void PassBack(Session callee, in Exchange exchange, in Packet packet, DeliveryBatch batch)
    {
        Session caller = exchange.Owner;
        exchange.Uncount();
        ReadOnlySpan<byte> answerer = callee.IsUplink ? packet.FromField : default; // on this machine the channel says it
        Span<byte> addressing = stackalloc byte[answerer.Length + (exchange.Id is null ? 0 : sizeof(ushort) + Encoding.UTF8.GetByteCount(exchange.Id))];
        answerer.CopyTo(addressing);
        PacketFlags flags = (packet.Flags & ~PacketFlags.Addressing) | PacketFlags.Reply | (answerer.IsEmpty ? PacketFlags.None : PacketFlags.FromName);
        if (exchange.Id is not null)
        {
            flags |= PacketFlags.ReplyTo;
            WriteText(addressing[answerer.Length..], exchange.Id);
        }

        try
        {
            OutboxResult sent = caller.Sender.Forward(packet, new PacketRewrite
            {
                Flags = flags,
                Sequence = exchange.Sequence,
                To = caller.Member!.Channel,
                From = Origin.ChannelOf(callee, packet),
                Addressing = addressing,
                Rest = packet.Rest,
            });
            if (batch.NoteAnswer(caller, sent) || sent != OutboxResult.Full)
            {
                return;
            }

            if (caller.IsUplink)
            {
                Answer.Fail(exchange, new(LocalCastError.Busy, "the agent is behind with what others called; it was executed, its result is lost"), batch); // many others wait behind it
            }
            else
            {
                caller.Close(new(LocalCastError.Busy, "it does not read its results")); // its calls fail with the session: no answer is lost in silence
            }
        }
        catch (InvalidDataException)
        {
            Answer.Fail(exchange, new(LocalCastError.HandlerFailed, $"'{callee.Member!.Name}' answered with something that is not JSON"), batch);
        }
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
                exchange.Uncount();
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

        exchange.Uncount();
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
