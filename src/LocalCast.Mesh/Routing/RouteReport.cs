using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>One agent on a way.</summary>
/// <param name="Agent">Its id.</param>
/// <param name="Name">Its name for people, where it is known.</param>
/// <param name="RoundTrip">The measured round trip of the link to it, from the one before.</param>
public sealed record RouteHop(string Agent, string? Name, TimeSpan RoundTrip);

/// <summary>Who would get a call now, and by which way. Nothing was sent to find out.</summary>
public sealed record RouteReport
{
    /// <summary>The node, with its agent; <see langword="null"/> when nobody would get it.</summary>
    public MeshAddress? Target { get; init; }

    /// <summary>Whether the target is on this machine.</summary>
    public bool IsHere { get; init; }

    /// <summary>The agents on the way, the last one is the target's.</summary>
    public IReadOnlyList<RouteHop> Hops { get; init; } = [];

    /// <summary>The sum of round trips.</summary>
    public TimeSpan RoundTrip => Hops.Aggregate(TimeSpan.Zero, (sum, hop) => sum + hop.RoundTrip);

    /// <summary>Who would be tried next if the call failed before it was executed, in this order.</summary>
    public IReadOnlyList<MeshAddress> Others { get; init; } = [];

    /// <summary>Those that have it and get nothing now, because they failed too often in a row.</summary>
    public IReadOnlyList<ErrorInfo> LeftAlone { get; init; } = [];

    /// <summary>Why nobody would get it.</summary>
    public ErrorInfo? Error { get; init; }

    /// <summary>What was asked for, when no node but an agent bears that name.</summary>
    public string? AgentOfTheName { get; init; }
}
