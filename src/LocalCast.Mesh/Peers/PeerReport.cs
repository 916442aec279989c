using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Something that ended badly with a peer.</summary>
/// <param name="Ago">How long ago.</param>
/// <param name="Reason">Why.</param>
/// <param name="Count">How often the same happened in a row.</param>
public sealed record PeerEvent(TimeSpan Ago, ErrorInfo Reason, int Count);

/// <summary>All that is known about one peer and why it is, or is not, linked.</summary>
public sealed record PeerReport
{
    /// <summary>One sentence: how it stands and why.</summary>
    public required string Summary { get; init; }

    /// <summary>Whether anything at all is known of it.</summary>
    public bool IsKnown { get; init; }

    /// <summary>Its links and addresses.</summary>
    public required IReadOnlyList<PeerInfo> Peers { get; init; }

    /// <summary>What ended badly, the latest first.</summary>
    public required IReadOnlyList<PeerEvent> Events { get; init; }

    /// <summary>How often what happened with it since the start of this agent.</summary>
    public required IReadOnlyDictionary<string, long> Counts { get; init; }

    /// <summary>Its points for misbehaviour.</summary>
    public int Score { get; init; }

    /// <summary>Until when it is banned.</summary>
    public DateTimeOffset? BannedUntil { get; init; }

    /// <summary>The way to it, by link or through others.</summary>
    public MeshPath? Path { get; init; }
}
