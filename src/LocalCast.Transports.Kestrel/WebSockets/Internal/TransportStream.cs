using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>The pipes of a connection as a stream that says so when the connection broke. Hot path.</summary>
internal sealed class TransportStream(IDuplexPipe transport) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult read = await transport.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
        int size = (int)Math.Min(buffer.Length, read.Buffer.Length);
        ReadOnlySequence<byte> taken = read.Buffer.Slice(0, size);
        taken.CopyTo(buffer.Span);
        transport.Input.AdvanceTo(taken.End);
        return size;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ValueTask<FlushResult> flush = transport.Output.WriteAsync(buffer, cancellationToken);
        if (!flush.IsCompletedSuccessfully)
        {
            return AwaitAsync(flush);
        }

        Check(flush.Result);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
        // Every write is flushed.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static async ValueTask AwaitAsync(ValueTask<FlushResult> flush) => Check(await flush.ConfigureAwait(false));

    private static void Check(FlushResult flush)
    {
        if (flush.IsCompleted || flush.IsCanceled)
        {
            throw new IOException("the peer has gone");
        }
    }
}
