using System.IO.Pipelines;
using System.Net.Sockets;
using LocalCast.Protocol;

namespace LocalCast.Transports.Internal;

/// <summary>A connection over a pair of pipes, whatever moves their bytes.</summary>
public abstract class DuplexConnection(PipeReader input, PipeWriter output) : IByteConnection
{
    /// <inheritdoc/>
    public PipeReader Input { get; } = input;

    /// <inheritdoc/>
    public bool ReadsBlock => false;

    /// <inheritdoc/>
    public virtual PeerIdentity? Peer => null;

    /// <summary>What this side writes.</summary>
    protected PipeWriter Output { get; } = output;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            ValueTask<FlushResult> flush = Output.WriteAsync(bytes);
            if (!flush.IsCompleted)
            {
                return AwaitAsync(flush);
            }

            Check(flush.GetAwaiter().GetResult());
            return ValueTask.CompletedTask;
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw Broken(e);
        }
    }

    /// <inheritdoc/>
    public abstract void Abort();

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await Output.CompleteAsync().ConfigureAwait(false);
        await Input.CompleteAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    private static async ValueTask AwaitAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            Check(await flush.ConfigureAwait(false));
        }
        catch (Exception e) when (IsBroken(e))
        {
            throw Broken(e);
        }
    }

    /// <summary>What pipes throw when their other end broke, or when this end was aborted.</summary>
    internal static bool IsBroken(Exception e) => e is IOException or InvalidOperationException or OperationCanceledException or SocketException;

    internal static LocalCastException Broken(Exception cause) => new(LocalCastError.Disconnected, "the connection broke", cause);

    private static void Check(FlushResult result)
    {
        if (result.IsCompleted || result.IsCanceled)
        {
            throw new LocalCastException(LocalCastError.Disconnected, "the peer has gone");
        }
    }
}
