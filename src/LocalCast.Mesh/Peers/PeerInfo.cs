namespace LocalCast.Mesh;

/// <summary>How it stands with a peer or an address.</summary>
public enum PeerState
{
    /// <summary>Its link is open.</summary>
    Connected,

    /// <summary>Its link is open and owes an answer: nothing is routed over it.</summary>
    Suspect,

    /// <summary>The connection exists, the two do not know each other yet.</summary>
    Introducing,

    /// <summary>Its address is being dialled.</summary>
    Dialling,

    /// <summary>Its address is dialled again after a pause.</summary>
    Waiting,

    /// <summary>It, or this agent, refused the link for a reason that does not pass by itself; dialled again after a pause.</summary>
    Refused,

    /// <summary>It is banned for misbehaviour.</summary>
    Banned,

    /// <summary>Not a peer but this agent itself: it left the mesh, because an older agent has its id there.</summary>
    Away,
}

/// <summary>A link, or an address without one, as a person wants to see it.</summary>
public sealed record PeerInfo
{
    /// <summary>The agent, if it ever said who it is.</summary>
    public string? Id { get; init; }

    /// <summary>Its name for people.</summary>
    public string? Name { get; init; }

    /// <summary>The address as it was entered or told, or the one that the other side dialled from.</summary>
    public string? Address { get; init; }

    /// <summary>Who dialled; <see langword="null"/> without a link.</summary>
    public LinkDirection? Direction { get; init; }

    /// <summary>How it stands.</summary>
    public required PeerState State { get; init; }

    /// <summary>Whether a person chose the address.</summary>
    public bool IsConfigured { get; init; }

    /// <summary>How long until the address is dialled again; <see langword="null"/> when it is not, or is linked.</summary>
    public TimeSpan? NextTryIn { get; init; }

    /// <summary>Attempts that failed since the last success.</summary>
    public int Failures { get; init; }

    /// <summary>The smoothed round trip.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>How long the link is open.</summary>
    public TimeSpan? OpenFor { get; init; }

    /// <summary>Messages and bytes over this link.</summary>
    public LinkCounters Counters { get; init; }

    /// <summary>Its points for misbehaviour; at <see cref="MisbehaviourLedger.Limit"/> it is banned.</summary>
    public int Points { get; init; }

    /// <summary>How often what happened with it since the start of this agent: <see cref="MeshMachine.Events"/>, as far as they are about it.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>Why the last link or attempt ended.</summary>
    public string? LastError { get; init; }
}

/// <summary>What passed over a link, and what could not.</summary>
/// <param name="Sent">Messages taken from its queue.</param>
/// <param name="SentBytes">Their bytes, about.</param>
/// <param name="Received">Messages received.</param>
/// <param name="ReceivedBytes">Their bytes.</param>
/// <param name="QueuedBytes">Bytes that wait to be sent.</param>
/// <param name="DroppedTopics">Publications that made room for newer ones.</param>
/// <param name="Limited">Messages that came faster than a neighbour may send, and were refused or dropped.</param>
public readonly record struct LinkCounters(long Sent, long SentBytes, long Received, long ReceivedBytes, int QueuedBytes, long DroppedTopics, long Limited);
