using System.Text.Json.Serialization;
using LocalCast.Mesh;

namespace LocalCast.Agent.Mesh;

/// <summary>A row of <c>peers</c>.</summary>
public sealed record PeerRow
{
    /// <summary>The agent's id, if it ever said it.</summary>
    public string? Id { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its address.</summary>
    public string? Address { get; init; }

    /// <summary><c>outbound</c> when this agent dialled, <c>inbound</c> when the other did.</summary>
    public string? Direction { get; init; }

    /// <summary>How it stands.</summary>
    public required PeerState State { get; init; }

    /// <summary>Whether a person chose it.</summary>
    public bool Configured { get; init; }

    /// <summary>The round trip.</summary>
    public double? RttMs { get; init; }

    /// <summary>Since when the link is open.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When its address is dialled again.</summary>
    public double? NextTryMs { get; init; }

    /// <summary>Its points for misbehaviour; with 100 it is banned.</summary>
    public int Points { get; init; }

    /// <summary>How often what happened with it since the agent's start.</summary>
    public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

    /// <summary>Messages and bytes over the link.</summary>
    public LinkCounters Traffic { get; init; }

    /// <summary>Why the last link or attempt ended.</summary>
    public string? LastError { get; init; }

    internal static PeerRow Of(PeerInfo peer, DateTimeOffset now) => new()
    {
        Id = peer.Id,
        Name = peer.Name,
        Address = peer.Address,
        Direction = peer.Direction switch { LinkDirection.Outbound => "outbound", LinkDirection.Inbound => "inbound", _ => null },
        State = peer.State,
        Configured = peer.IsConfigured,
        RttMs = Ms(peer.RoundTrip),
        Since = peer.OpenFor is { } open ? now - open : null,
        NextTryMs = Ms(peer.NextTryIn),
        Points = peer.Points,
        Counts = peer.Counts,
        Traffic = peer.Counters,
        LastError = peer.LastError,
    };

    private static double? Ms(TimeSpan? time) => time is { } value ? Math.Round(value.TotalMilliseconds, 3) : null;
}

/// <summary>All that is known of one peer.</summary>
/// <param name="Peer">What was asked for.</param>
/// <param name="Summary">How it stands and why, in a sentence.</param>
/// <param name="Links">Its links and addresses.</param>
/// <param name="Events">What ended badly, the latest first.</param>
/// <param name="Counts">How often what happened with it since the agent's start.</param>
/// <param name="Score">Its points for misbehaviour.</param>
/// <param name="BannedUntil">Until when it is banned.</param>
/// <param name="Hops">How many links lie between, when it can be reached.</param>
/// <param name="Known">Whether the mesh knows it at all.</param>
public sealed record PeerAnswer(
    string Peer, string Summary, IReadOnlyList<PeerRow> Links, IReadOnlyList<PeerEventRow> Events, IReadOnlyDictionary<string, long> Counts, int Score, DateTimeOffset? BannedUntil, int? Hops, bool Known)
{
    internal static PeerAnswer Of(string peer, PeerReport report, DateTimeOffset now) => new(
        peer,
        report.Summary,
        [.. report.Peers.Select(link => PeerRow.Of(link, now))],
        [.. report.Events.Select(item => new PeerEventRow(now - item.Ago, item.Reason.ToString(), item.Count))],
        report.Counts,
        report.Score,
        report.BannedUntil,
        report.Path?.Hops,
        report.IsKnown);
}

/// <summary>Something that ended badly with a peer.</summary>
/// <param name="Time">When.</param>
/// <param name="Reason">Why.</param>
/// <param name="Count">How often in a row.</param>
public sealed record PeerEventRow(DateTimeOffset Time, string Reason, int Count);

/// <summary>A row of <c>peers --events</c>.</summary>
/// <param name="Event">What happened, by the name that the log has for it.</param>
/// <param name="Count">How often since the agent's start.</param>
public sealed record EventRow(string Event, long Count);

/// <summary>Who would get a call now, and by which way.</summary>
/// <param name="Target">The node with its agent; <see langword="null"/> when nobody would get it.</param>
/// <param name="Here">Whether that is on this machine.</param>
/// <param name="RttMs">The sum of the measured round trips.</param>
/// <param name="Hops">The agents on the way; the last is the target's.</param>
/// <param name="Others">Who would be tried next, if the call failed before it was executed.</param>
/// <param name="LeftAlone">Who has it and gets nothing now, because it failed too often in a row.</param>
/// <param name="Error">Why nobody would get it.</param>
/// <param name="Named">The agent that bears the name, where no node does.</param>
public sealed record RouteAnswer(string? Target, bool Here, double RttMs, IReadOnlyList<RouteHopRow> Hops, IReadOnlyList<string> Others, IReadOnlyList<string> LeftAlone, string? Error, string? Named)
{
    internal static RouteAnswer Of(RouteReport report) => new(
        report.Target?.ToString(),
        report.IsHere,
        Math.Round(report.RoundTrip.TotalMilliseconds, 3),
        [.. report.Hops.Select(hop => new RouteHopRow(hop.Agent, hop.Name, Math.Round(hop.RoundTrip.TotalMilliseconds, 3)))],
        [.. report.Others.Select(other => other.ToString())],
        [.. report.LeftAlone.Select(error => error.ToString())],
        report.Error?.ToString(),
        report.AgentOfTheName);
}

/// <summary>An agent on a way.</summary>
/// <param name="Agent">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="RttMs">The round trip of the link to it.</param>
public sealed record RouteHopRow(string Agent, string? Name, double RttMs);

/// <summary>How the operations of the mesh are answered.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(PeerRow[]))]
[JsonSerializable(typeof(AgentRow[]))]
[JsonSerializable(typeof(PeerAnswer))]
[JsonSerializable(typeof(RouteAnswer))]
[JsonSerializable(typeof(EventRow[]))]
public sealed partial class MeshOperationsJson : JsonSerializerContext;
