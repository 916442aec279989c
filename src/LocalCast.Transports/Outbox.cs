using System.Buffers;
using LocalCast.Transports.Internal;

namespace LocalCast.Transports;

/// <summary>Many writers, one connection, a bound in bytes. Hot path.</summary>
/// <remarks>
/// A frame is copied into the buffer that is being filled; whoever flushes takes that buffer and writes it, while others go on filling
/// another. So a batch of frames costs one write, no lock is held while the operating system works, and an idle connection holds no buffer.
/// </remarks>
/// <param name="roomBelow">At how many queued bytes a queue that was full has room again; half of all unless given.</param>
public sealed class Outbox(IByteConnection connection, int maxBytes, int? roomBelow = null) : IThreadPoolWorkItem
{
    /// <summary>The most bytes of one write, so that progress shows and a transport never buffers more than that.</summary>
    private const int MostPerWrite = 64 * 1024;

    private readonly Lock _lock = new();
    private readonly int _roomBelow = roomBelow ?? maxBytes / 2;
    private FrameBuffer _filling;
    private int _writing; // bytes taken from the filling buffer and not yet written
    private bool _hasWriter;
    private bool _isFlushQueued;
    private bool _isClosed;
    private bool _isSealed; // what is queued is still written
    private long _written;
    private TaskCompletionSource? _room;
    private int _signalBelow; // at how many queued bytes those who wait for room are told

    /// <summary>Bytes that the transport has not taken yet.</summary>
    public int QueuedBytes => Volatile.Read(ref _filling.Length) + Volatile.Read(ref _writing);

    /// <summary>Bytes that the transport took so far: whether the peer reads shows in its growth.</summary>
    public long WrittenBytes => Volatile.Read(ref _written);

    /// <summary>Whether more than three quarters of the room are taken.</summary>
    public bool IsCongested => QueuedBytes > CongestedAbove;

    private int CongestedAbove => maxBytes / 4 * 3;

    /// <summary>Queues one frame, given in pieces.</summary>
    public OutboxResult Append(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default, ReadOnlySpan<byte> fourth = default) =>
        Append(first, second, third, fourth, maxBytes);

    /// <summary>Queues one frame even when the queue is full: for the words that tell the peer so.</summary>
    public OutboxResult AppendUrgent(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => Append(first, second, default, default, int.MaxValue);

    /// <summary>Takes nothing more; what is queued is still written.</summary>
    public void Seal()
    {
        lock (_lock)
        {
            _isSealed = true;
        }
    }

    /// <summary>Queues the last frame of the connection, even when the queue is full: nothing can be queued behind it.</summary>
    public OutboxResult AppendLast(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        lock (_lock)
        {
            OutboxResult result = AppendUrgent(first, second);
            _isSealed = true;
            return result;
        }
    }

    /// <summary>Writes what is queued, on this thread, unless another thread is writing already or a flush is queued.</summary>
    public void Flush()
    {
        if (!Volatile.Read(ref _isFlushQueued))
        {
            FlushNow();
        }
    }

    /// <summary>Has the thread pool write what is queued until then. Everything that is appended meanwhile goes with it.</summary>
    public void FlushSoon()
    {
        if (!Volatile.Read(ref _isFlushQueued) && !Interlocked.Exchange(ref _isFlushQueued, true))
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        Interlocked.Exchange(ref _isFlushQueued, false);
        FlushNow();
    }

    /// <summary>Waits until there is room again (less than half is taken, unless told otherwise), or the connection is gone.</summary>
    /// <param name="bytes">How many bytes there has to be room for at least; for more than the queue ever holds it waits until the queue is empty.</param>
    public Task WaitForRoomAsync(int bytes = 0)
    {
        int below = Math.Min(_roomBelow, Math.Max(0, maxBytes - bytes));
        lock (_lock)
        {
            if (_isClosed || _filling.Length + _writing <= below)
            {
                return Task.CompletedTask;
            }

            _signalBelow = _room is null ? below : Math.Min(_signalBelow, below); // all wait for the one that needs most
            return (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Takes nothing more, writes what is queued, and completes when it is written or the connection is gone.</summary>
    public async Task CompleteAsync()
    {
        Seal();
        FlushNow();
        while (true)
        {
            Task write;
            lock (_lock)
            {
                if (!_hasWriter && _filling.Length == 0)
                {
                    _isClosed = true;
                    return;
                }

                write = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await write.ConfigureAwait(false);
        }
    }

    /// <summary>Takes nothing more and forgets what is queued.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            _filling.Release();
            SignalRoom_NeedsLock();
        }
    }

    private OutboxResult Append(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, ReadOnlySpan<byte> fourth, int limit)
    {
        int size = first.Length + second.Length + third.Length + fourth.Length;
        lock (_lock)
        {
            if (_isClosed || _isSealed)
            {
                return OutboxResult.Closed;
            }

            int queued = _filling.Length + _writing + size;
            if (queued > limit)
            {
                return OutboxResult.Full;
            }

            _filling.Append(size, first, second, third, fourth);
            return queued > CongestedAbove ? OutboxResult.Congested : OutboxResult.Queued;
        }
    }

    private void FlushNow()
    {
        if (TryTake(out byte[] buffer, out int size))
        {
            Write(buffer, size, 0);
        }
    }

    /// <summary>Becomes the writer, if there is something to write and nobody else is.</summary>
    private bool TryTake(out byte[] buffer, out int size)
    {
        lock (_lock)
        {
            return TryTake_NeedsLock(_hasWriter, out buffer, out size);
        }
    }

    private bool TryTake_NeedsLock(bool hasWriter, out byte[] buffer, out int size)
    {
        (buffer, size) = ([], 0);
        if (hasWriter || _filling.Length == 0)
        {
            return false;
        }

        buffer = _filling.Take(out size);
        (_writing, _hasWriter) = (size, true);
        return true;
    }

    private void Write(byte[] buffer, int size, int written)
    {
        do
        {
            while (written < size)
            {
                int chunk = Math.Min(size - written, MostPerWrite);
                ValueTask write;
                try
                {
                    write = connection.WriteAsync(buffer.AsMemory(written, chunk));
                    if (write.IsCompleted)
                    {
                        write.GetAwaiter().GetResult();
                    }
                    else
                    {
                        _ = WriteSlowlyAsync(write, buffer, size, written, chunk);
                        return;
                    }
                }
                catch (Exception)
                {
                    // Whatever broke, the reading side of the session reports the end; here it means that nothing more is sent.
                    Abandon(buffer);
                    return;
                }

                written += chunk;
                Progress(chunk);
            }

            written = 0;
        }
        while (TryNext(ref buffer, ref size));
    }

    private async Task WriteSlowlyAsync(ValueTask write, byte[] buffer, int size, int written, int chunk)
    {
        try
        {
            await write.ConfigureAwait(false);
        }
        catch (Exception)
        {
            // As above.
            Abandon(buffer);
            return;
        }

        Progress(chunk);
        Write(buffer, size, written + chunk);
    }

    private void Progress(int bytes)
    {
        lock (_lock)
        {
            _writing -= bytes;
            _written += bytes;
            if (_room is not null && _filling.Length + _writing <= _signalBelow)
            {
                SignalRoom_NeedsLock();
            }
        }
    }

    private bool TryNext(ref byte[] buffer, ref int size)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        lock (_lock)
        {
            _writing = 0;
            if (TryTake_NeedsLock(hasWriter: false, out buffer, out size))
            {
                return true;
            }

            _hasWriter = false;
            SignalRoom_NeedsLock();
            return false;
        }
    }

    private void Abandon(byte[] buffer)
    {
        ArrayPool<byte>.Shared.Return(buffer);
        lock (_lock)
        {
            _hasWriter = false;
            _writing = 0;
        }

        Close();
    }

    private void SignalRoom_NeedsLock()
    {
        _room?.TrySetResult();
        _room = null;
    }
}
