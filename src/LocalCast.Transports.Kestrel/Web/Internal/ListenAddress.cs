using System.Net;
using System.Net.Sockets;
using LocalCast.Protocol;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>Where to listen, as it is written in options: a host and a port.</summary>
internal static class ListenAddress
{
    public static async Task<List<IPEndPoint>> ResolveAsync(IReadOnlyList<string> addresses, CancellationToken cancellationToken)
    {
        List<IPEndPoint> endpoints = [];
        foreach (string address in addresses)
        {
            (string host, int port) = Split(address);
            endpoints.AddRange((await ResolveHostAsync(host, cancellationToken).ConfigureAwait(false)).Select(ip => new IPEndPoint(ip, port)));
        }

        return endpoints;
    }

    /// <summary>Puts what a failed start means into words; <see langword="null"/> for what is a defect.</summary>
    public static LocalCastException? Explain(Exception e, IReadOnlyList<string> addresses)
    {
        string all = string.Join(", ", addresses);
        return Find<SocketException>(e) switch
        {
            { SocketErrorCode: SocketError.AddressAlreadyInUse } => new LocalCastException(LocalCastError.DuplicateName, $"somebody listens already at {all}", e),
            { SocketErrorCode: SocketError.AccessDenied } => new LocalCastException(LocalCastError.Forbidden, $"this user may not listen at {all}", e),
            { } other => new LocalCastException(LocalCastError.BadRequest, $"cannot listen at {all}: {other.Message}", e),
            null when e is Microsoft.AspNetCore.Connections.AddressInUseException or IOException =>
                new LocalCastException(LocalCastError.DuplicateName, $"somebody listens already at {all}", e),
            null => null,
        };
    }

    private static (string Host, int Port) Split(string address)
    {
        int colon = address.LastIndexOf(':');
        string host = colon < 0 ? "" : address[..colon];
        bool isBracketed = host is ['[', .., ']'];
        return colon > 0 && ushort.TryParse(address.AsSpan(colon + 1), out ushort port) && (isBracketed || !host.Contains(':', StringComparison.Ordinal))
            ? (isBracketed ? host[1..^1] : host, port)
            : throw new LocalCastException(LocalCastError.BadRequest, $"'{address}' is not a host and a port, such as 0.0.0.0:46356 or [::]:46356");
    }

    private static async Task<IPAddress[]> ResolveHostAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"the name '{host}' to listen at is not found: {e.Message}", e);
        }
    }

    private static T? Find<T>(Exception? e)
        where T : Exception =>
        e is null or T ? (T?)e : Find<T>(e.InnerException);
}
