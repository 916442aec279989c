using System.Net;
using System.Net.Sockets;
using LocalCast.Protocol;

namespace LocalCast.Transports.Internal;

/// <summary>Connects over TCP and says in one sentence why it did not.</summary>
/// <param name="timeout">How long all addresses of a name may take together.</param>
/// <param name="time">The clock.</param>
internal sealed class TcpDialler(TimeSpan timeout, TimeProvider time)
{
    /// <summary>Tries the addresses of a name one after the other.</summary>
    public async Task<Socket> ConnectAsync(Uri uri, CancellationToken cancellationToken) =>
        await ConnectAsync(uri, await ResolveAsync(uri, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Tries addresses one after the other. Each has its share of the time: one that does not answer at all must not take that of the others.</summary>
    public async Task<Socket> ConnectAsync(Uri uri, IPAddress[] addresses, CancellationToken cancellationToken)
    {
        SocketException? failure = null;
        foreach (IPAddress address in addresses)
        {
            using var share = new CancellationTokenSource(timeout / addresses.Length, time);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(share.Token, cancellationToken);
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, uri.Port), limit.Token).ConfigureAwait(false);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                failure = e;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                socket.Dispose();
                failure = new SocketException((int)SocketError.TimedOut);
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

    internal static string Explain(Uri uri, SocketException? failure) => failure?.SocketErrorCode switch
    {
        null => $"the name '{uri.IdnHost}' has no address",
        SocketError.ConnectionRefused => $"nobody listens at {PlaceOf(uri)}",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown => $"{PlaceOf(uri)} cannot be reached from here",
        SocketError.TimedOut => $"{PlaceOf(uri)} did not answer",
        _ => $"connecting to {PlaceOf(uri)} failed: {failure.Message}",
    };

    /// <summary>With its port, also where nobody wrote one: it is what was dialled.</summary>
    private static string PlaceOf(Uri uri) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{uri.Host}:{uri.Port}");
}
