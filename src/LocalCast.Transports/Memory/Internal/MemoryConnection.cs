using System.IO.Pipelines;

namespace LocalCast.Transports.Internal;

/// <summary>One end of a pair of pipes in memory.</summary>
internal sealed class MemoryConnection : DuplexConnection
{
    /// <summary>About what a socket buffers, so that back-pressure shows in tests as it does on a pipe.</summary>
    private static readonly PipeOptions _options = new(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024, useSynchronizationContext: false);

    private readonly Pipe _incoming;
    private readonly Pipe _outgoing;

    private MemoryConnection(Pipe incoming, Pipe outgoing)
        : base(incoming.Reader, outgoing.Writer) => (_incoming, _outgoing) = (incoming, outgoing);

    public static (MemoryConnection Client, MemoryConnection Server) CreatePair(PipeOptions? options = null)
    {
        var up = new Pipe(options ?? _options);
        var down = new Pipe(options ?? _options);
        return (new MemoryConnection(down, up), new MemoryConnection(up, down));
    }

    public override void Abort()
    {
        // Both directions end for both sides. The writers are completed and never the readers: a reader may be at work on its buffer,
        // and what one end completes under the other end's feet would make that one throw as if it were misused.
        _incoming.Writer.Complete();
        _outgoing.Writer.Complete();
        _incoming.Writer.CancelPendingFlush();
        _outgoing.Writer.CancelPendingFlush();
    }
}
