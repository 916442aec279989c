using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using LocalCast.Transports.Internal;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>The pipes of a connection as a stream that says so when the connection broke. Hot path.</summary>
internal sealed class TransportStream(IDuplexPipe transport) : ConnectedStream
{
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

    private static async ValueTask AwaitAsync(ValueTask<FlushResult> flush) => Check(await flush.ConfigureAwait(false));

    private static void Check(FlushResult flush)
    {
        if (flush.IsCompleted || flush.IsCanceled)
        {
            throw new IOException("the peer has gone");
        }
    }
}
