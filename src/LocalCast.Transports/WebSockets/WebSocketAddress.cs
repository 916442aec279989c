using LocalCast.Protocol;

namespace LocalCast.Transports;

/// <summary>How the address of an agent becomes the one of a WebSocket.</summary>
public static class WebSocketAddress
{
    /// <summary>Where agents link to each other.</summary>
    public const string LinkPath = "/ws/p2p";

    /// <summary>The parameter in which the one that connects says who it is.</summary>
    public const string NodeIdParameter = "node_id";

    /// <summary>Reads <c>ws://host:port</c>, with the path of links where it has none, and adds who connects.</summary>
    internal static Uri Parse(string address, string? nodeId)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) || uri is not { Scheme: "ws" or "wss", UserInfo: "", Fragment: "", Host.Length: > 0 })
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"'{address}' is not an address such as ws://host:46356");
        }

        var full = new UriBuilder(uri);
        if (uri.AbsolutePath == "/")
        {
            full.Path = LinkPath;
        }

        if (nodeId is not null)
        {
            string parameter = $"{NodeIdParameter}={Uri.EscapeDataString(nodeId)}";
            full.Query = uri.Query.Length > 1 ? $"{uri.Query}&{parameter}" : parameter;
        }

        return full.Uri;
    }
}
