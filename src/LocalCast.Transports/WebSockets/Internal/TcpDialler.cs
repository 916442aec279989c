using System.Net;
using System.Net.Sockets;
using LocalCast.Protocol;

namespace LocalCast.Transports.Internal;

/// <summary>Connects over TCP and says in one sentence why it did not.</summary>
internal static class TcpDialler
{
    /// <summary>Tries the addresses of a name one after the other.</summary>
    public static async Task<Socket> ConnectAsync(Uri uri, CancellationToken cancellationToken)
    {
        SocketException? failure = null;
        foreach (IPAddress address in await ResolveAsync(uri, cancellationToken).ConfigureAwait(false))
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, uri.Port), cancellationToken).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                failure = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new LocalCastException(LocalCastError.Disconnected, Explain(uri, failure), failure);
    }

    private static async Task<IPAddress[]> ResolveAsync(Uri uri, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(uri.IdnHost, out IPAddress? literal))
        {
            return [literal];
        }

        try
        {
            return await Dns.GetHostAddressesAsync(uri.IdnHost, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new LocalCastException(LocalCastError.Disconnected, $"the name '{uri.IdnHost}' is not found: {e.Message}", e);
        }
    }

    private static string Explain(Uri uri, SocketException? failure) => failure?.SocketErrorCode switch
    {
        null => $"the name '{uri.IdnHost}' has no address",
        SocketError.ConnectionRefused => $"nobody listens at {uri.Authority}",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown => $"{uri.Authority} cannot be reached from here",
        SocketError.TimedOut => $"{uri.Authority} did not answer",
        _ => $"connecting to {uri.Authority} failed: {failure.Message}",
    };
}
