using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>Kestrel's socket transport on the socket behind a pipe's name.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixSockets
{
    public static Task<IConnectionListener> BindAsync(string path, ILoggerFactory loggerFactory, CancellationToken cancellationToken) =>
        KestrelTransports.BindAsync(new UnixDomainSocketEndPoint(path), loggerFactory, host => host.UseSockets(options => Configure(options, path)), cancellationToken);

    private static void Configure(SocketTransportOptions options, string path)
    {
        // What arrives is routed on the thread that received it: the broadcaster never blocks and runs nobody's code.
        options.UnsafePreferInlineScheduling = true;
        options.WaitForDataBeforeAllocatingBuffer = true; // an idle connection holds no buffer
        options.MaxWriteBufferSize = 64 * 1024; // beyond that a session's outbox queues, where it is counted
        options.CreateBoundListenSocket = endpoint =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Bind(endpoint);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite); // nobody can connect yet: it does not listen
            return socket;
        };
    }
}
