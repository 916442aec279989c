using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;

namespace LocalCast.Transports.Internal;

/// <summary>Reads a socket by blocking in <c>recv</c>. What it hands out is always one contiguous piece. Hot path.</summary>
internal sealed class UnixPipeReader(SafeHandle handle) : PipeReader
{
    private const int FirstBuffer = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int _start;
    private int _end;
    private int _examined;
    private bool _hasEnded;
    private bool _isDisposed;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_examined == _end && !_hasEnded)
        {
            Receive(flags: 0);
        }

        return ValueTask.FromResult(Current());
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_examined == _end && !_hasEnded)
        {
            Receive(UnixSocketCalls.DontWait);
        }

        result = Current();
        return _examined != _end || _hasEnded;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _start = consumed.GetInteger();
        _examined = examined.GetInteger();
        if (_start == _end)
        {
            (_start, _examined, _end) = (0, 0, 0);
        }
    }

    public override void CancelPendingRead() => throw new NotSupportedException("A read that blocks is ended by aborting the connection.");

    /// <summary>The reader reads no more.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private ReadResult Current() => new(new ReadOnlySequence<byte>(_buffer, _start, _end - _start), isCanceled: false, isCompleted: _hasEnded);

    private unsafe void Receive(int flags)
    {
        MakeRoom();
        nint received;
        int error;
        do
        {
            try
            {
                fixed (byte* buffer = &_buffer[_end])
                {
                    received = UnixSocketCalls.Receive(handle, buffer, _buffer.Length - _end, flags);
                }

                error = received < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            catch (ObjectDisposedException)
            {
                (received, error) = (0, 0); // the connection was disposed of, which ends it too
            }
        }
        while (error == UnixSocketCalls.Interrupted);

        if (received > 0)
        {
            _end += (int)received;
        }
        else if (error != UnixSocketCalls.Again)
        {
            _hasEnded = true; // a reset by the peer is its end, as a close is
        }
    }

    private void MakeRoom()
    {
        if (_start > 0 && _buffer.Length - _end < FirstBuffer / 2)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _examined, _end) = (0, _examined - _start, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.AsSpan(0, _end).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}
