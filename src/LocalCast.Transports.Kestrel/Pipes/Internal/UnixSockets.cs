using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>Kestrel's socket transport on the socket behind a pipe's name.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixSockets
{
    public static async Task<IConnectionListener> BindAsync(string path, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        var options = new SocketTransportOptions
        {
            // What arrives is routed on the thread that received it: the broadcaster never blocks and runs nobody's code.
            UnsafePreferInlineScheduling = true,
            WaitForDataBeforeAllocatingBuffer = true,
            MaxWriteBufferSize = 64 * 1024, // beyond that a session's outbox queues, where it is counted
            CreateBoundListenSocket = endpoint =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Bind(endpoint);
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite); // nobody can connect yet: it does not listen
                return socket;
            },
        };
        var factory = new SocketTransportFactory(Options.Create(options), loggerFactory);
        return await factory.BindAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
    }
}
