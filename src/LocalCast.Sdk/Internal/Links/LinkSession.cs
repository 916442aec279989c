using System.Buffers.Binary;
using System.Text;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Internal;

/// <summary>One live connection to the agent: what is in flight on it, in both directions, and the frames that leave. Hot path.</summary>
internal sealed class LinkSession
{
    private const int MostMethodBytes = 500;
    private const int MostOptions = MostMethodBytes + NameCache.MostAddressBytes + 16;
    private const int MostWaitingBytes = 256 * 1024 * 1024;

    private static readonly TimeSpan _answerWithin = TimeSpan.FromSeconds(30);

    private readonly IByteConnection _connection;
    private readonly CallTable<Pending> _pending;
    private readonly Lock _lock = new();
    private ErrorInfo? _ended;
    private int _waitingBytes;

    public LinkSession(NodeCore node, IByteConnection connection)
    {
        Node = node;
        _connection = connection;
        Outbox = new Outbox(connection, node.Options.MaxQueuedBytes);
        _pending = new CallTable<Pending>(node.Options.MaxConcurrentCalls);
        Handling = new CallHandling(this);
        Parked = new ParkedCalls(this);
    }

    public NodeCore Node { get; }

    public Outbox Outbox { get; }

    /// <summary>The patterns that the agent was told of on this connection; guarded by <see cref="SubscriptionSync"/>.</summary>
    public HashSet<string> Announced { get; } = new(StringComparer.Ordinal);

    public CallHandling Handling { get; }

    public ParkedCalls Parked { get; }

    public IByteConnection Connection => _connection;

    /// <summary>Called when something begins to wait for its time.</summary>
    public Action? OnFirstPending { get; set; }

    /// <summary>Batches of frames that came in: whether the agent lives shows in its growth.</summary>
    public long ReceivedBatches;

    /// <summary>Why it ended; <see langword="null"/> while it lives.</summary>
    public ErrorInfo? Ended => Volatile.Read(ref _ended);

    /// <summary>Enters a question into the table, so that its answer is recognized.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.Busy"/> when too much is in flight, <see cref="LocalCastError.Disconnected"/> when the connection is gone.</exception>
    public uint Add(Pending pending, TimeSpan timeout)
    {
        uint sequence;
        bool isFirst;
        lock (_lock)
        {
            if (_ended is not null)
            {
                throw new LocalCastException(_ended);
            }

            isFirst = _pending.Count == 0;
            if (!_pending.TryAdd(pending, Node.Now + timeout, out sequence))
            {
                sequence = 0;
            }
        }

        if (isFirst)
        {
            OnFirstPending?.Invoke();
        }

        return sequence != 0 ? sequence : throw new LocalCastException(LocalCastError.Busy, $"{Node.Options.MaxConcurrentCalls} calls are in flight already");
    }

    /// <summary>Takes a question back out; whoever succeeds completes it.</summary>
    public bool TryTake(uint sequence, Pending expected)
    {
        lock (_lock)
        {
            return _pending.TryPeek(sequence, out Pending? pending) && ReferenceEquals(pending, expected) && _pending.TryTake(sequence, out _);
        }
    }

    /// <summary>Finds the question that an answer belongs to, and takes it out if that is its last answer.</summary>
    public Pending? Answered(uint sequence)
    {
        lock (_lock)
        {
            if (!_pending.TryPeek(sequence, out Pending? pending))
            {
                return null; // late: its caller has gone on
            }

            if (pending.TakesOneAnswer)
            {
                _pending.TryTake(sequence, out _);
            }

            return pending;
        }
    }

    /// <summary>Fails what is overdue.</summary>
    public void Expire(TimeSpan now)
    {
        List<(uint Sequence, Pending Pending)> expired = [];
        lock (_lock)
        {
            _pending.TakeExpired(now, expired);
        }

        foreach ((_, Pending pending) in expired)
        {
            pending.Fail(new LocalCastException(LocalCastError.Timeout, $"'{pending.Target}' did not answer in time"));
            ThreadPool.UnsafeQueueUserWorkItem(pending, preferLocal: false);
        }
    }

    public bool HasPending => _pending.Count > 0;

    /// <summary>The most bytes of a message: what the agent takes, and no more than the queue to it can ever hold, or whoever waits for room would wait in vain.</summary>
    private int MostBytes => Math.Min(Node.MaxFrameBytes, Node.Options.MaxQueuedBytes - FrameReader.PrefixSize);

    /// <summary>Ends the session: everything in flight fails with the reason, by name. The first reason counts.</summary>
    public void End(ErrorInfo reason)
    {
        List<(uint Sequence, Pending Pending)> unanswered = [];
        lock (_lock)
        {
            if (_ended is not null)
            {
                return;
            }

            _ended = reason;
            _pending.TakeAll(unanswered);
        }

        Handling.CancelAll();
        Outbox.Close();
        _connection.Abort();
        foreach ((_, Pending pending) in unanswered)
        {
            pending.Fail(new LocalCastException(reason));
            ThreadPool.UnsafeQueueUserWorkItem(pending, preferLocal: false);
        }
    }

    /// <summary>Queues a packet.</summary>
    public OutboxResult Send(PacketHeader header, ReadOnlySpan<byte> options, ReadOnlySpan<byte> payload)
    {
        int size = PacketHeader.Size + options.Length + payload.Length;
        if (size > MostBytes)
        {
            throw new LocalCastException(LocalCastError.TooLarge, $"a message has at most {MostBytes} bytes, this one has {size}");
        }

        Span<byte> head = stackalloc byte[FrameReader.PrefixSize + PacketHeader.Size];
        BinaryPrimitives.WriteInt32BigEndian(head, size);
        (header with { OptionsSize = (ushort)options.Length }).Write(head[FrameReader.PrefixSize..]);
        return Outbox.Append(head, options, payload);
    }

    /// <summary>Queues a message that is not hot.</summary>
    public OutboxResult Send(Envelope envelope)
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>(256);
        BinaryCodec.Encode(envelope, body);
        Span<byte> prefix = stackalloc byte[FrameReader.PrefixSize];
        BinaryPrimitives.WriteInt32BigEndian(prefix, body.WrittenCount);
        return Outbox.Append(prefix, body.WrittenSpan);
    }

    /// <summary>Queues a call.</summary>
    public OutboxResult SendCall(uint sequence, NameCache.Address to, string method, TimeSpan timeout, PayloadKind kind, ReadOnlySpan<byte> payload)
    {
        Span<byte> options = stackalloc byte[MostOptions];
        to.Field.CopyTo(options);
        Span<byte> behind = options[to.Field.Length..];
        int size = Encoding.UTF8.GetByteCount(method);
        if (size is 0 or > MostMethodBytes)
        {
            throw new ArgumentException("A method's name has 1 to 500 bytes.", nameof(method));
        }

        BinaryPrimitives.WriteUInt16BigEndian(behind, (ushort)size);
        Encoding.UTF8.GetBytes(method, behind[sizeof(ushort)..]);
        BinaryPrimitives.WriteUInt32BigEndian(behind[(sizeof(ushort) + size)..], (uint)timeout.TotalMilliseconds);
        var header = new PacketHeader
        {
            Type = MessageType.Call,
            Flags = PacketFlags.Method | PacketFlags.Deadline | BytesFlag(kind) | to.Flags,
            Sequence = sequence,
            To = to.Channel,
        };
        return Send(header, options[..(to.Field.Length + sizeof(ushort) + size + sizeof(uint))], payload);
    }

    /// <summary>Answers a call, and flushes.</summary>
    public void SendResult(uint sequence, PayloadKind kind, ReadOnlySpan<byte> payload, string method)
    {
        if (PacketHeader.Size + payload.Length > MostBytes)
        {
            SendResultError(sequence, new(LocalCastError.TooLarge, $"the result of '{method}' has {payload.Length} bytes, a message at most {MostBytes}"));
            return;
        }

        var header = new PacketHeader { Type = MessageType.Result, Flags = PacketFlags.Reply | BytesFlag(kind), Sequence = sequence };
        if (Send(header, default, payload) == OutboxResult.Full)
        {
            _ = AnswerLaterAsync(header, payload.ToArray());
        }
        else
        {
            Outbox.Flush();
        }
    }

    /// <summary>Answers a call with an error, and flushes.</summary>
    public void SendResultError(uint sequence, ErrorInfo error)
    {
        if (Send(Reply(MessageType.Result, sequence, HandlerErrors.Fit(error))) == OutboxResult.Full)
        {
            EndStuck();
        }
        else
        {
            Outbox.Flush();
        }
    }

    /// <summary>Tells the agent that nobody waits for a call any more.</summary>
    public void SendCancel(uint sequence, string target)
    {
        Send(new PacketHeader { Type = MessageType.Cancel, Flags = PacketFlags.Reply, Sequence = sequence, To = Node.Names.AddressOf(target).Channel }, default, default);
        Outbox.Flush();
    }

    public static Envelope Reply(MessageType type, uint sequence, ErrorInfo? error = null) => new()
    {
        Type = type,
        ReplyTo = sequence.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Error = error,
    };

    private static PacketFlags BytesFlag(PayloadKind kind) => kind == PayloadKind.Bytes ? PacketFlags.Bytes : PacketFlags.None;

    /// <summary>Sends a result once there is room. The results that wait are bounded in bytes and in time.</summary>
    private async Task AnswerLaterAsync(PacketHeader header, byte[] payload)
    {
        if (Interlocked.Add(ref _waitingBytes, payload.Length) > MostWaitingBytes)
        {
            EndStuck();
            return;
        }

        try
        {
            do
            {
                await Outbox.WaitForRoomAsync(FrameReader.PrefixSize + PacketHeader.Size + payload.Length).WaitAsync(_answerWithin, Node.Options.TimeProvider).ConfigureAwait(false);
            }
            while (Send(header, default, payload) == OutboxResult.Full);

            Outbox.Flush();
        }
        catch (TimeoutException)
        {
            EndStuck();
        }
        finally
        {
            Interlocked.Add(ref _waitingBytes, -payload.Length);
        }
    }

    /// <summary>An answer must not be lost in silence: when the agent does not take it, the end of the session fails every caller by name.</summary>
    private void EndStuck() => End(new ErrorInfo(LocalCastError.Busy, "the agent does not read"));
}
