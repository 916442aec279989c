using System.Diagnostics.CodeAnalysis;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Who dialled.</summary>
public enum LinkDirection
{
    /// <summary>The other side.</summary>
    Inbound,

    /// <summary>This agent.</summary>
    Outbound,
}

/// <summary>How far a link is.</summary>
public enum LinkStage
{
    /// <summary>The other side has not said who it is.</summary>
    Handshake,

    /// <summary>It has, and an older link with its id is being asked whether it lives.</summary>
    Probing,

    /// <summary>Both know each other.</summary>
    Open,

    /// <summary>It ended.</summary>
    Closed,
}

/// <summary>One connection to another agent, as the mesh sees it.</summary>
public sealed class PeerLink
{
    internal PeerLink(long number, LinkDirection direction, string address, MeshOptions options, TimeSpan now)
    {
        Number = number;
        Direction = direction;
        Address = address;
        Since = now;
        KeepAlive = new KeepAlive(options.KeepAliveIdle, options.KeepAliveAnswer);
        KeepAlive.Received(now);
        Queue = new LinkQueue<LinkMessage>(options.LinkQueueBytes);
        Chunks = new ChunkAssembler(options.MostMessageBytes);
        Rate = new LinkRate(options);
    }

    /// <summary>The number that its owner gave it.</summary>
    public long Number { get; }

    /// <summary>Who dialled.</summary>
    public LinkDirection Direction { get; }

    /// <summary>The address that was dialled, or that the other side dialled from.</summary>
    public string Address { get; }

    /// <summary>When it was opened, or when its handshake ended.</summary>
    public TimeSpan Since { get; internal set; }

    /// <summary>How far it is.</summary>
    public LinkStage Stage { get; internal set; }

    /// <summary>Whether it owed an answer for too long: nothing is routed over it until it has answered a question that was asked since.</summary>
    public bool IsSuspect { get; internal set; }

    /// <summary>Who is on the other side, once that is known.</summary>
    public LinkHello? Peer { get; internal set; }

    /// <summary>The agent that refused this link for another one that it has with this agent.</summary>
    internal string? LinkedAs { get; set; }

    /// <summary>The smoothed round trip.</summary>
    public TimeSpan? RoundTrip => Trip.Value;

    /// <summary>What waits to be sent.</summary>
    public LinkQueue<LinkMessage> Queue { get; }

    /// <summary>Messages received.</summary>
    public long Received { get; internal set; }

    /// <summary>Their bytes.</summary>
    public long ReceivedBytes { get; internal set; }

    /// <summary>Messages sent.</summary>
    public long Sent { get; internal set; }

    /// <summary>Their bytes, about.</summary>
    public long SentBytes { get; internal set; }

    /// <summary>Whether a person chose the address that was dialled.</summary>
    public bool IsConfigured { get; internal set; }

    /// <summary>What passed over it, and what could not.</summary>
    public LinkCounters Counters => new(Sent, SentBytes, Received, ReceivedBytes, Queue.Bytes, Queue.DroppedTopics, Rate.Limited);

    /// <summary>The id of the other side; empty before it is known.</summary>
    internal string PeerId => Peer?.Id ?? "";

    /// <summary>
    /// Whether what comes over it counts: it is open, or this agent dialled it, was acknowledged, and only waits for which of two links stays. The other
    /// side may use it meanwhile.
    /// </summary>
    internal bool IsHeard => Stage == LinkStage.Open || (Stage == LinkStage.Probing && Direction == LinkDirection.Outbound);

    /// <summary>The other side, as well as it is known: what the connection proved or claimed, what it said of itself, or where it is.</summary>
    internal string Who => ExpectedId ?? Peer?.Id ?? Address;

    /// <summary>Whether its producers were asked to slow down, and not yet told that they need not any more.</summary>
    public bool IsCongested { get; internal set; }

    /// <summary>Whether its other side said something in Relay's words, and is answered in them.</summary>
    internal bool SpeaksRelay { get; set; }

    internal KeepAlive KeepAlive { get; }

    internal ChunkAssembler Chunks { get; }

    internal LinkRate Rate { get; }

    internal RoundTrip Trip { get; } = new();

    /// <summary>The identity that the connection itself proved or claimed: by certificate, or by <c>?node_id=</c>.</summary>
    internal string? ExpectedId { get; init; }

    internal ulong Nonce { get; set; }

    /// <summary>When its round trip is measured again.</summary>
    internal TimeSpan MeasureAt { get; set; }

    /// <summary>When its keep-alive was sent, while no answer came.</summary>
    internal TimeSpan? AskedAt { get; set; }

    /// <summary>Since when, after a silence that made it suspect, it is asked for one fresh answer.</summary>
    internal TimeSpan? ClearingSince { get; set; }

    /// <summary>When something came over it while it was open.</summary>
    internal TimeSpan LastHeard { get; set; }

    /// <summary>The clock when it was opened: a hello was written between then and now.</summary>
    internal DateTimeOffset WallAtOpening { get; init; }

    /// <summary>Takes what is to be sent next.</summary>
    internal bool TryTake([NotNullWhen(true)] out Envelope? message)
    {
        bool found = Queue.TryTake(out QueuedPart<LinkMessage> part);
        message = found ? part.Item.Part(part.Number, part.Part) : null;
        Sent += found && part.IsLast ? 1 : 0;
        SentBytes += part.Size;
        return found;
    }
}
