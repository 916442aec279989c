using System.IO.Pipelines;
using System.Threading.Channels;
using LocalCast.Protocol;
using LocalCast.Transports.Internal;

namespace LocalCast.Transports;

/// <summary>Connections inside one process: for tests, and for nodes that live in the agent. Both ends behave like a pipe, bounds included.</summary>
public sealed class MemoryTransport : IByteListener, IByteConnector
{
    private const int Backlog = 512;

    private readonly Channel<IByteConnection> _pending = System.Threading.Channels.Channel.CreateBounded<IByteConnection>(Backlog);

    /// <inheritdoc/>
    public string Address => "memory";

    /// <summary>Two ends of a connection between parts of one process that do not wait for each other: what one end writes is read on the same thread, if the other end waits for it.</summary>
    /// <param name="mostBytes">How much may be written that is not read yet; more has to wait.</param>
    public static (IByteConnection First, IByteConnection Second) CreateInlinePair(int mostBytes) => MemoryConnection.CreatePair(new PipeOptions(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: mostBytes, resumeWriterThreshold: mostBytes / 2, useSynchronizationContext: false));

    /// <inheritdoc/>
    public ValueTask<IByteConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        (MemoryConnection client, MemoryConnection server) = MemoryConnection.CreatePair();
        return _pending.Writer.TryWrite(server)
            ? ValueTask.FromResult<IByteConnection>(client)
            : throw new LocalCastException(LocalCastError.Disconnected, "nobody accepts connections");
    }

    /// <inheritdoc/>
    public async ValueTask<IByteConnection?> AcceptAsync(CancellationToken cancellationToken) =>
        await _pending.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && _pending.Reader.TryRead(out IByteConnection? connection)
            ? connection
            : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _pending.Writer.TryComplete();
        while (_pending.Reader.TryRead(out IByteConnection? never))
        {
            await never.DisposeAsync().ConfigureAwait(false);
        }
    }
}
