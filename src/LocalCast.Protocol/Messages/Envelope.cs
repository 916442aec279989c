namespace LocalCast.Protocol;

/// <summary>A message with all its fields: the one shape behind JSON, the binary packet, the pipe and the mesh.</summary>
/// <remarks>The convenient form, for tests, tools and everything that is not hot. Hot paths read a <see cref="Packet"/> where it lies.</remarks>
public sealed record Envelope
{
    /// <summary>The type as a number; <see cref="MessageType.Other"/> when only <see cref="TypeName"/> says it.</summary>
    public required MessageType Type { get; init; }

    /// <summary>The spelling of a type that has no number.</summary>
    public string? TypeName { get; init; }

    /// <summary>What the sender calls this message; the answer quotes it.</summary>
    public string? Id { get; init; }

    /// <summary>Which message this one answers.</summary>
    public string? ReplyTo { get; init; }

    /// <summary>Who sent it. Written by the broadcaster, never trusted from a sender.</summary>
    public string? From { get; init; }

    /// <summary>A node name, <c>name@agent</c>, an agent, or a channel in hex; absent on the common channel.</summary>
    public string? To { get; init; }

    /// <summary>The topic of a publication or a subscription.</summary>
    public string? Topic { get; init; }

    /// <summary>The subset of the network that may see it.</summary>
    public string? Group { get; init; }

    /// <summary>The method of a call.</summary>
    public string? Method { get; init; }

    /// <summary>To whom a publication goes.</summary>
    public PublishMode Mode { get; init; }

    /// <summary>How many agents may still forward it; <see langword="null"/> on a pipe.</summary>
    public byte? Ttl { get; init; }

    /// <summary>How long the sender still waits.</summary>
    public uint? DeadlineMs { get; init; }

    /// <summary>When it was sent, to the millisecond.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Free string pairs, among them <c>traceparent</c>.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The agents that it passed.</summary>
    public IReadOnlyList<string>? Route { get; init; }

    /// <summary>What went wrong.</summary>
    public ErrorInfo? Error { get; init; }

    /// <summary>What <see cref="Payload"/> holds.</summary>
    public PayloadKind PayloadKind { get; init; }

    /// <summary>The arguments of a call, the result of a result, the payload of a publication, else the whole of <c>data</c>.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The spelling of the type, whether it has a number or not.</summary>
    public string Spelling => Type == MessageType.Other ? TypeName ?? "" : MessageTypes.NameOf(Type);
}
