namespace LocalCast.Protocol;

/// <summary><c>hello_ack.data</c>: the answer to a good hello.</summary>
public sealed record HelloAck
{
    /// <summary>The version that both speak from now on.</summary>
    public required int Protocol { get; init; }

    /// <summary>Who answers.</summary>
    public required AgentInfo Agent { get; init; }

    /// <summary>The session's number, for logs on both sides.</summary>
    public required string Session { get; init; }

    /// <summary>The channel of the participant: the MD5 of its name.</summary>
    public required string Channel { get; init; }

    /// <summary>The bounds that the agent keeps.</summary>
    public required SessionLimits Limits { get; init; }
}

/// <summary>An agent as its participants see it.</summary>
public sealed record AgentInfo
{
    /// <summary>Its id in the mesh.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }
}

/// <summary>The bounds of a session.</summary>
public sealed record SessionLimits
{
    /// <summary>The most bytes of a frame.</summary>
    public int MaxFrameBytes { get; init; }

    /// <summary>The most bytes that wait to be read by the participant.</summary>
    public int MaxQueuedBytes { get; init; }

    /// <summary>The most calls in flight, in each direction.</summary>
    public int MaxCalls { get; init; }

    /// <summary>The most subscriptions.</summary>
    public int MaxSubscriptions { get; init; }

    /// <summary>Frames per second, 0 when unlimited.</summary>
    public int MaxFramesPerSecond { get; init; }
}
