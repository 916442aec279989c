namespace LocalCast.Protocol;

/// <summary><c>hello.data</c>: what a participant says of itself.</summary>
public sealed record Hello
{
    /// <summary>Oldest and newest version of the protocol that it speaks.</summary>
    public required IReadOnlyList<int> Protocol { get; init; }

    /// <summary>The name it wants to join by.</summary>
    public required string Name { get; init; }

    /// <summary>The version of its own software.</summary>
    public string? Version { get; init; }

    /// <summary><c>node</c> when others may call it, <c>client</c> when it only asks.</summary>
    public string? Role { get; init; }

    /// <summary>Its process.</summary>
    public int? Pid { get; init; }

    /// <summary>Methods that it offers.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>Nodes that it needs.</summary>
    public IReadOnlyList<string>? Requires { get; init; }

    /// <summary>Topics that it subscribes to as it joins.</summary>
    public IReadOnlyList<string>? Topics { get; init; }

    /// <summary>Whether it serves already; a node that joins before it can serve says <see langword="false"/> and sends <c>ready</c> later.</summary>
    public bool? Ready { get; init; }

    /// <summary>Which instance it is, for whoever started it: the token that it was given.</summary>
    public string? Instance { get; init; }
}
