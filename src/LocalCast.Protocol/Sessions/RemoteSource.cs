using System.Net;

namespace LocalCast.Protocol;

/// <summary>Where a connection comes from, as far as one party can be told from another: an IPv4 address, or the /64 of IPv6 that a single subscriber is given.</summary>
/// <param name="Name">For people: the address, the network, or whatever a connection without an address calls its other end.</param>
/// <param name="IsThisMachine">Whether it is this machine itself. Many agents, or a proxy for many, may dial from there, so it is nobody in particular.</param>
public readonly record struct RemoteSource(string Name, bool IsThisMachine)
{
    private const int NetworkBytes = 8;

    /// <summary>The source of a connection from an address; without one, as on a Unix socket, it is this machine.</summary>
    public static RemoteSource Of(EndPoint? endPoint) => endPoint is IPEndPoint { Address: var address } ? Of(address) : new("this machine", true);

    /// <summary>The source of an address as it is written, with or without a port. What is none stands for itself.</summary>
    public static RemoteSource Of(string address) =>
        IPAddress.TryParse(address, out IPAddress? ip) ? Of(ip)
        : IPEndPoint.TryParse(address, out IPEndPoint? endPoint) ? Of(endPoint.Address)
        : new(address, false);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static RemoteSource Of(IPAddress address)
    {
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        bool isThisMachine = IPAddress.IsLoopback(address);
        if (address.GetAddressBytes() is not { Length: > 4 } bytes || isThisMachine)
        {
            return new RemoteSource($"{address}", isThisMachine);
        }

        Array.Clear(bytes, NetworkBytes, bytes.Length - NetworkBytes);
        return new RemoteSource($"{new IPAddress(bytes)}/64", false);
    }
}
