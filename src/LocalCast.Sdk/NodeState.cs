using LocalCast.Protocol;

namespace LocalCast;

/// <summary>Where a node stands with its agent.</summary>
public enum NodeState
{
    /// <summary>It connects, waits for the nodes that it requires, or has not said yet that it is ready.</summary>
    Joining,

    /// <summary>It is in and serves.</summary>
    Ready,

    /// <summary>The connection is gone; it tries to get back in.</summary>
    Reconnecting,

    /// <summary>It finishes what it has begun and takes nothing new.</summary>
    Draining,

    /// <summary>It has left, or was refused for good.</summary>
    Left,
}

/// <summary>A change of a node's state.</summary>
/// <param name="Old">The state before.</param>
/// <param name="New">The state now.</param>
/// <param name="Reason">Why, where something went wrong.</param>
public readonly record struct NodeStateChange(NodeState Old, NodeState New, ErrorInfo? Reason);
