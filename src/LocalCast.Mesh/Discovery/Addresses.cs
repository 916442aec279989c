using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace LocalCast.Mesh;

/// <summary>The rules for addresses of agents.</summary>
public static class Addresses
{
    public const int MostLength = 256;

    /// <summary>Brings an address into its one form.</summary>
    public static bool TryNormalize(string? text, [NotNullWhen(true)] out string? address)
    {
        address = null;
        if (text is null || text.Length > MostLength || !Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            || SchemeOf(uri) is not { } scheme || uri.UserInfo.Length > 0 || uri.Port <= 0 || uri.Host.Length == 0)
        {
            return false;
        }

        address = $"{scheme}://{uri.Authority}" + (uri.IsDefaultPort ? $":{uri.Port}" : "");
        return true;
    }

    /// <summary>What people copy from a browser means the same.</summary>
    private static string? SchemeOf(Uri uri) => uri.Scheme switch { "ws" or "http" => "ws", "wss" or "https" => "wss", _ => null };

    public static string HostOf(string address) => Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) ? uri.Host : address;

    /// <summary>Addresses that one party can easily have many of: a /16 of IPv4, a /32 of IPv6, else the host.</summary>
    public static string GroupOf(string address)
    {
        string host = IPEndPoint.TryParse(address, out IPEndPoint? dialler) ? dialler.Address.ToString() : HostOf(address); // who dialled in has no URL
        if (!IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? ip))
        {
            return host;
        }

        byte[] bytes = (ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip).GetAddressBytes();
        return Convert.ToHexString(bytes, 0, bytes.Length == 4 ? 2 : 4);
    }

    /// <summary>Whether anybody anywhere could reach it. A name is taken at its word.</summary>
    public static bool IsPublic(string address) => !IPAddress.TryParse(HostOf(address).Trim('[', ']'), out IPAddress? ip) ? HostOf(address) != "localhost" : IsPublic(ip);

    private static bool IsPublic(IPAddress ip)
    {
        ip = ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;
        if (IPAddress.IsLoopback(ip) || ip.IsIPv6LinkLocal || ip.IsIPv6UniqueLocal || ip.IsIPv6Multicast || ip.IsIPv6SiteLocal)
        {
            return false;
        }

        return ip.GetAddressBytes() is not [var a, var b, _, _] || (a, b) switch
        {
            (0 or 10 or 127, _) or (>= 224, _) => false,
            (169, 254) or (192, 168) => false,
            (172, >= 16 and <= 31) or (100, >= 64 and <= 127) => false,
            _ => true,
        };
    }
}
