namespace LocalCast.Protocol;

/// <summary>A participant as others see it: in a pong, in <c>ps</c>, in the answer to a require, in arrival events.</summary>
public sealed record NodeDescription
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The version of its software.</summary>
    public string? Version { get; init; }

    /// <summary><c>node</c> or <c>client</c>.</summary>
    public string? Role { get; init; }

    /// <summary><c>Starting</c>, <c>Ready</c> or <c>Draining</c>.</summary>
    public string? State { get; init; }

    /// <summary>Its process.</summary>
    public int? Pid { get; init; }

    /// <summary>Methods that it offers.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>Nodes that it needs.</summary>
    public IReadOnlyList<string>? Requires { get; init; }

    /// <summary>Topics that it subscribes to.</summary>
    public IReadOnlyList<string>? Topics { get; init; }

    /// <summary>How long it is up.</summary>
    public long? UptimeMs { get; init; }

    /// <summary>The id of its agent, in the answer to a require of the whole mesh.</summary>
    public string? Agent { get; init; }

    /// <summary>Its channel.</summary>
    public string? Channel { get; init; }

    /// <summary>Facts of its own.</summary>
    public string? Details { get; init; }

    /// <summary>Why the description could not be built, when that is so.</summary>
    public string? Error { get; init; }
}
