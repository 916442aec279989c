using System.IO.Pipelines;
using System.IO.Pipes;
using System.Runtime.Versioning;
using LocalCast.Protocol;
using PipeFlags = System.IO.Pipes.PipeOptions;

namespace LocalCast.Transports.Internal;

/// <summary>The connecting end of a Windows named pipe.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsPipeConnection : DuplexConnection
{
    private readonly NamedPipeClientStream _stream;

    private WindowsPipeConnection(NamedPipeClientStream stream)
        : base(PipeReader.Create(stream), PipeWriter.Create(stream)) => _stream = stream;

    public static async ValueTask<IByteConnection> ConnectAsync(string name, string address, CancellationToken cancellationToken)
    {
        // CurrentUserOnly checks the owner of the other end: nobody can squat on the name.
        var stream = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeFlags.Asynchronous | PipeFlags.CurrentUserOnly);
        try
        {
            await stream.ConnectAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            return new WindowsPipeConnection(stream);
        }
        catch (Exception e)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw e switch
            {
                UnauthorizedAccessException => new LocalCastException(LocalCastError.Forbidden, $"the pipe {address} belongs to another user", e),
                TimeoutException or IOException => new LocalCastException(LocalCastError.Disconnected, $"no agent listens at {address}", e),
                _ => e,
            };
        }
    }

    public override void Abort() => _stream.Dispose();
}
