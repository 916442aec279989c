using System.Text.Json.Serialization;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary><c>data</c> of the <c>hello</c> and the <c>hello_ack</c> of a link.</summary>
public sealed record LinkHello
{
    /// <summary>The agent can be dialled.</summary>
    public const string AcceptsInbound = "inbound";

    /// <summary>Nothing passes through the agent.</summary>
    public const string Leaf = "leaf";

    /// <summary>Oldest and newest version of the protocol that it speaks.</summary>
    public required IReadOnlyList<int> Protocol { get; init; }

    /// <summary>Its network.</summary>
    public required string Network { get; init; }

    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Its name for people.</summary>
    public string? Name { get; init; }

    /// <summary>Grows with each of its starts.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public required ulong Boot { get; init; }

    /// <summary>When it was born, by <see cref="AgentBirth"/>: which life of the agent this is. What its document of another life says does not count.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong? Born { get; init; }

    /// <summary>What it offers to other agents.</summary>
    public IReadOnlyList<string>? Services { get; init; }

    /// <summary>Its software and version.</summary>
    public string? Software { get; init; }

    /// <summary>The other side's address as it sees it.</summary>
    public string? ReceiverAddress { get; init; }

    /// <summary>Where it can be dialled.</summary>
    public string? ListenAddress { get; init; }

    /// <summary>Its clock.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>A random 64-bit number as text, by which an agent that dialled itself knows. In a <c>hello</c> only.</summary>
    [JsonNumberHandling(JsonNumberHandling.WriteAsString | JsonNumberHandling.AllowReadingFromString)]
    public ulong? Nonce { get; init; }

    /// <summary>What an agent says of itself over a link.</summary>
    internal static Envelope Message(MessageType type, MeshSelf self, PeerLink link, MeshTime time) => MeshMessage.Of(
        type,
        new LinkHello
        {
            Protocol = [ProtocolVersion.Oldest, ProtocolVersion.Newest],
            Network = self.Network,
            Id = self.Id,
            Name = self.Name,
            Boot = self.Boot,
            Born = self.Born,
            Services = [.. self.ListenAddress is null ? (string[])[] : [AcceptsInbound], .. self.IsLeaf ? (string[])[Leaf] : []],
            Software = self.Software,
            ReceiverAddress = link.Address,
            ListenAddress = self.ListenAddress,
            Time = time.Wall,
            Nonce = type == MessageType.Hello ? link.Nonce : null,
        },
        MeshJson.Default.LinkHello);
}
