using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>
/// The message types of Relay's "WebSocket P2P": whoever speaks JSON on a link may use them instead of ours, and is answered in kind. Everything else
/// about the link, the hello first of all, is as ever.
/// </summary>
internal static class RelaySpelling
{
    public const string ServerCall = "server_call";
    public const string ServerResponse = "server_response";
    public const string RegistrySync = "registry_sync";
    public const string RouteMessage = "route_message";

    /// <summary>In the id of an answer, between our id of the call and who made it: Relay brings it back as it is, and names only agents besides.</summary>
    public const char AskerMark = '\n';

    /// <summary>Whether a message has one of these types.</summary>
    public static bool IsOne(Envelope message) => message is { Type: MessageType.Other, TypeName: ServerCall or ServerResponse or RegistrySync or RouteMessage };
}
