using System.Text.Json.Serialization;

namespace LocalCast.Protocol;

/// <summary>How the payloads of control messages are read and written: snake case, unknown fields ignored, absent ones left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(HelloAck))]
[JsonSerializable(typeof(NodeDescription))]
[JsonSerializable(typeof(List<NodeDescription>))]
[JsonSerializable(typeof(RequireData))]
[JsonSerializable(typeof(RequiredData))]
[JsonSerializable(typeof(AskedData))]
[JsonSerializable(typeof(DeliveredData))]
[JsonSerializable(typeof(PingData))]
[JsonSerializable(typeof(NonceData))]
[JsonSerializable(typeof(NodeEvent))]
[JsonSerializable(typeof(ReadyData))]
[JsonSerializable(typeof(AgentInfo))]
[JsonSerializable(typeof(ShutdownData))]
[JsonSerializable(typeof(ExtendData))]
public sealed partial class ControlJson : JsonSerializerContext;

/// <summary><c>require.data</c></summary>
public sealed record RequireData
{
    /// <summary>The nodes to wait for.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>One of <see cref="ScopeWords"/>; <c>mesh</c>: nodes of other agents will do.</summary>
    public string? Scope { get; init; }

    /// <summary>How old the news of a node of another agent may be; older news is asked for anew.</summary>
    public long? FreshnessMs { get; init; }
}

/// <summary><c>required.data</c></summary>
public sealed record RequiredData
{
    /// <summary>The nodes, in the order asked.</summary>
    public required IReadOnlyList<NodeDescription> Nodes { get; init; }
}

/// <summary><c>ping.data</c></summary>
public sealed record PingData
{
    /// <summary>The asker's name.</summary>
    public string? Name { get; init; }

    /// <summary>One of <see cref="ScopeWords"/>; <c>mesh</c>: nodes of other agents are asked, too.</summary>
    public string? Scope { get; init; }
}

/// <summary><c>ack.data</c> of a ping: how many nodes were asked, or are still to be awaited.</summary>
public sealed record AskedData
{
    /// <summary>How many.</summary>
    public required int Asked { get; init; }
}

/// <summary><c>ack.data</c> of a publication: how many participants it was queued for.</summary>
public sealed record DeliveredData
{
    /// <summary>How many.</summary>
    public required int Delivered { get; init; }
}

/// <summary><c>ready.data</c>: the node serves from now on, with these methods.</summary>
public sealed record ReadyData
{
    /// <summary>Its methods; absent when they did not change.</summary>
    public IReadOnlyList<string>? Methods { get; init; }
}

/// <summary><c>ping_request.data</c> and <c>ping_response.data</c></summary>
public sealed record NonceData
{
    /// <summary>A 64-bit number as text.</summary>
    public required string Nonce { get; init; }
}

/// <summary><c>shutdown.data</c></summary>
public sealed record ShutdownData
{
    /// <summary>Why the node is to end.</summary>
    public string? Reason { get; init; }
}

/// <summary><c>extend.data</c>, from a node that says there how much longer it needs, and not in <c>deadline_ms</c>.</summary>
public sealed record ExtendData
{
    /// <summary>Milliseconds from now.</summary>
    public uint? Ms { get; init; }
}

/// <summary>The payload of a publication on <c>localcast.nodes</c>.</summary>
public sealed record NodeEvent
{
    /// <summary><c>arrived</c>, <c>ready</c>, <c>moved</c> or <c>left</c>.</summary>
    public required string Event { get; init; }

    /// <summary>Who.</summary>
    public required NodeDescription Node { get; init; }

    /// <summary>On which agent, when it is not this machine's.</summary>
    public string? Agent { get; init; }

    /// <summary>Why it left.</summary>
    public string? Reason { get; init; }
}
