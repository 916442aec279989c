using System.Net.Sockets;

namespace LocalCast.Transports.Internal;

/// <summary>
/// A connected socket as a stream that reads ahead: a WebSocket asks for a few bytes at a time, and each would be a call of the system. Hot path.
/// </summary>
internal sealed class SocketStream(Socket socket) : ConnectedStream
{
    private const int ReadAhead = 16 * 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReadAhead);
    private int _start;
    private int _end;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _start < _end ? ValueTask.FromResult(TakeBuffered(buffer.Span))
        : buffer.Length >= ReadAhead ? socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken)
        : ReceiveAsync(buffer, cancellationToken);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[await socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            socket.Dispose();
        }

        base.Dispose(disposing);
    }

    [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        (_start, _end) = (0, await socket.ReceiveAsync(_buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false));
        return TakeBuffered(buffer.Span);
    }

    private int TakeBuffered(Span<byte> buffer)
    {
        int size = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, size).CopyTo(buffer);
        _start += size;
        return size;
    }
}
