using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using LocalCast.Protocol;

namespace LocalCast.Transports;

/// <summary>
/// Frames over a connection, both ways, for an owner that keeps its own queue: it gives as much as <see cref="CanSend"/>, and flushes. What is sent
/// goes out on the calling thread when the connection is idle; what comes is handed over on the thread that received it. Hot path.
/// </summary>
public sealed class FrameLink : IFrameHandler
{
    private readonly IByteConnection _connection;
    private readonly FrameLinkOptions _options;
    private readonly TimeProvider _time;
    private readonly Outbox _outbox;
    private readonly SendWatch _watch;
    private readonly TaskCompletionSource _closeAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IFrameLinkOwner? _owner;
    private ErrorInfo? _closeReason;
    private bool _awaitsRoom;
    private bool _isJson;
    private volatile bool _isAborted;
    private long _receivedFrames;
    private long _receivedBytes;
    private long _sentFrames;

    /// <summary>Takes a connection over that does not block. It is disposed of when the link ends.</summary>
    public FrameLink(IByteConnection connection, FrameLinkOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfEqual(connection.ReadsBlock, true);
        (_connection, _options, _time) = (connection, options, time);
        _outbox = new Outbox(connection, options.MaxWaitingBytes + (2 * (options.MaxFrameBytes + FrameReader.PrefixSize)), options.MaxWaitingBytes);
        _watch = new SendWatch(options.SendTimeout);
    }

    /// <summary>The owner's own number for it.</summary>
    public long Number { get; init; }

    /// <summary>Whether the peer speaks JSON: its first frame says so, or that it began a text.</summary>
    public bool IsJson => _isJson || _connection is WebSocketConnection { SpeaksText: true };

    /// <summary>Frames that came.</summary>
    public long ReceivedFrames => Volatile.Read(ref _receivedFrames);

    /// <summary>Bytes of the frames that came.</summary>
    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    /// <summary>Frames that were queued.</summary>
    public long SentFrames => Volatile.Read(ref _sentFrames);

    /// <summary>Bytes that the connection took.</summary>
    public long SentBytes => _outbox.WrittenBytes;

    /// <summary>Completes behind <see cref="IFrameLinkOwner.Closed"/>.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Begins to read. What is there already is handed over before this returns.</summary>
    public void Start(IFrameLinkOwner owner)
    {
        _owner = owner;
        Completion = RunAsync(owner);
    }

    /// <summary>Whether the connection takes more now. If not, <see cref="IFrameLinkOwner.RoomAgain"/> will come.</summary>
    public bool CanSend()
    {
        if (_outbox.QueuedBytes <= _options.MaxWaitingBytes)
        {
            return true;
        }

        if (!Interlocked.Exchange(ref _awaitsRoom, true))
        {
            _ = TellOfRoomAsync();
        }

        return false;
    }

    /// <summary>Queues a frame. After <see cref="CanSend"/> there is room for any.</summary>
    /// <returns>Whether it is queued; not when the link is closing, or nobody asked whether it can.</returns>
    public bool Send(ReadOnlySpan<byte> body)
    {
        Span<byte> prefix = stackalloc byte[FrameReader.PrefixSize];
        BinaryPrimitives.WriteInt32BigEndian(prefix, body.Length);
        if (_outbox.Append(prefix, body) is OutboxResult.Full or OutboxResult.Closed)
        {
            return false;
        }

        Interlocked.Increment(ref _sentFrames);
        return true;
    }

    /// <summary>Sends what is queued, on this thread, unless another one is sending already. Not while holding a lock.</summary>
    public void Flush() => _outbox.Flush();

    /// <summary>Sends what is queued and ends the link, which then tells its owner this reason. The first reason counts.</summary>
    public void Close(ErrorInfo reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, reason, null) is null)
        {
            _connection.Input.CancelPendingRead();
            _closeAsked.TrySetResult();
        }
    }

    /// <summary>Ends the link at once.</summary>
    public void Abort(ErrorInfo reason)
    {
        _isAborted = true;
        Close(reason);
        _outbox.Close();
        _connection.Abort();
    }

    /// <summary>Ends the link when its peer has taken nothing for too long. To be asked now and then.</summary>
    public void Watch(TimeSpan now)
    {
        if (_watch.IsStuck(_outbox.QueuedBytes, _outbox.WrittenBytes, now))
        {
            Abort(new ErrorInfo(LocalCastError.Timeout, $"the peer took nothing for {_options.SendTimeout.TotalSeconds} s, and {_outbox.QueuedBytes} bytes waited for it"));
        }
    }

    bool IFrameHandler.OnFrame(ReadOnlySpan<byte> body)
    {
        if (_receivedFrames == 0)
        {
            _isJson = body[0] == JsonCodec.FirstByte;
        }

        _receivedFrames++;
        _receivedBytes += body.Length;
        _owner!.Received(this, body);
        return Volatile.Read(ref _closeReason) is null;
    }

    private async Task RunAsync(IFrameLinkOwner owner)
    {
        ErrorInfo? end;
        try
        {
            end = await ReadAsync(owner).ConfigureAwait(false);
        }
        catch (LocalCastException e)
        {
            end = e.Error;
        }
        catch (InvalidOperationException) when (Volatile.Read(ref _closeReason) is not null)
        {
            end = null; // aborted under the reader's feet
        }
        catch (Exception e)
        {
            // A defect of the owner's ends this link and no other, and the link must end properly.
            end = new ErrorInfo(LocalCastError.Internal, $"a defect ended the link: {e.Message}");
        }

        Close(end ?? new ErrorInfo(LocalCastError.Disconnected, "the peer ended the connection")); // whoever waited for room waits no more
        await EndAsync().ConfigureAwait(false);
        owner.Closed(this, _closeReason!);
    }

    private async Task<ErrorInfo?> ReadAsync(IFrameLinkOwner owner)
    {
        PipeReader input = _connection.Input;
        while (Volatile.Read(ref _closeReason) is null)
        {
            ReadResult read = await input.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            long before = _receivedFrames;
            FrameStatus status = FrameReader.ReadAll(ref buffer, _options.MaxFrameBytes, this);
            input.AdvanceTo(buffer.Start, buffer.End);
            if (_receivedFrames != before)
            {
                owner.BatchEnded(this);
            }

            if (status is FrameStatus.Negative or FrameStatus.TooLarge)
            {
                ErrorInfo why = status == FrameStatus.TooLarge
                    ? new ErrorInfo(LocalCastError.TooLarge, $"a frame has at most {_options.MaxFrameBytes} bytes")
                    : new ErrorInfo(LocalCastError.BadRequest, "a frame's length is negative");
                owner.Malformed(this, why);
                await WaitForCloseAsync().ConfigureAwait(false);
                return why;
            }

            if (read.IsCompleted)
            {
                return _connection.EndReason;
            }
        }

        return null;
    }

    /// <summary>The owner's last word may be said by another of its threads, a moment later.</summary>
    private async Task WaitForCloseAsync()
    {
        try
        {
            await _closeAsked.Task.WaitAsync(_options.CloseTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It has nothing to say.
        }
    }

    private async Task EndAsync()
    {
        try
        {
            await (_isAborted ? Task.CompletedTask : _outbox.CompleteAsync()).WaitAsync(_options.CloseTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _connection.Abort();
        }

        _outbox.Close();
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task TellOfRoomAsync()
    {
        await _outbox.WaitForRoomAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the owner may hold its lock as it asks
        Interlocked.Exchange(ref _awaitsRoom, false);
        if (Volatile.Read(ref _closeReason) is null)
        {
            _owner?.RoomAgain(this);
        }
    }
}
