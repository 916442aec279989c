using System.Net.Sockets;

namespace LocalCast.Transports.Internal;

/// <summary>
/// A connected socket as a stream that reads ahead: a WebSocket asks for a few bytes at a time, and each would be a call of the system. Hot path.
/// </summary>
internal sealed class SocketStream(Socket socket) : Stream
{
    private const int ReadAhead = 16 * 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ReadAhead);
    private int _start;
    private int _end;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _start < _end ? ValueTask.FromResult(TakeBuffered(buffer.Span))
        : buffer.Length >= ReadAhead ? socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken)
        : ReceiveAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            buffer = buffer[await socket.SendAsync(buffer, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Nothing is held back.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

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
