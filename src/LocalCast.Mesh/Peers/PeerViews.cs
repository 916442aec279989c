using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Links and addresses for people. Computed when somebody looks.</summary>
internal sealed class PeerViews(MeshSelf self, Absence absence, LinkTable links, AddressBook book, MisbehaviourLedger ledger, DocumentStore store, MeshGraph graph, PeerJournal journal, EventCounts counts)
{
    /// <summary>Says so when several agents bear a name.</summary>
    public required Func<string, string?> WhyNotOne { get; init; }

    /// <summary>Says why there is no way to an agent.</summary>
    public required Func<string, ErrorInfo> WhyNoWay { get; init; }

    /// <summary>All links, and the addresses that a person chose or that are being dialled and have none; first of all this agent itself, when it is away.</summary>
    public IEnumerable<PeerInfo> All(MeshTime time) => Itself(time).Concat(links.All.Select(link => Of(link, time)))
        .Concat(book.Entries.Where(entry => (entry.Kind == AddressKind.Configured || entry.IsDialling) && !IsLinked(entry)).Select(entry => Of(entry, time)));

    public PeerReport Explain(string peer, MeshTime time)
    {
        IReadOnlyList<string> addresses = EnteredAddress.Spellings(peer);
        AddressEntry[] entries = [.. book.Entries.Where(entry => addresses.Contains(entry.Address) || (entry.Id is { } id && (peer == id || peer == NameOf(id))))];
        PeerInfo[] matches =
        [
            .. Itself(time).Where(row => peer == row.Id || peer == row.Name),
            .. links.All.Where(link => IsMeant(link, peer, addresses) || entries.Any(entry => entry.IsOf(link.Peer?.Id))).Select(link => Of(link, time)),
            .. entries.Where(entry => !IsLinked(entry)).Select(entry => Of(entry, time)),
        ];
        string? named = store.All.FirstOrDefault(document => document.Name == peer)?.Id;
        string[] keys = [.. matches.SelectMany(match => (IEnumerable<string?>)[match.Id, match.Address]).Concat(addresses).Append(named).OfType<string>().Distinct(StringComparer.Ordinal)];
        LedgerEntry? record = keys.Select(key => ledger.Find(key, time.Wall)).FirstOrDefault(entry => entry is not null);
        PeerEvent[] events = [.. journal.Of(keys, time.Now)];
        MeshPath? path = keys.Select(key => graph.TryFind(key, out MeshPath? found) ? found : null).FirstOrDefault(found => found is not null);
        string? known = keys.FirstOrDefault(key => store.TryFind(key, out _));
        SortedDictionary<string, long> happened = Sum(keys);
        return new PeerReport
        {
            Summary = WhyNotOne(peer) ?? Summarize(peer, matches, events, record, path, known),
            IsKnown = matches.Length > 0 || events.Length > 0 || record is not null || path is not null || known is not null || happened.Count > 0,
            Peers = matches,
            Events = events,
            Counts = happened,
            Score = record?.Score ?? 0,
            BannedUntil = record?.BannedUntil,
            Path = path,
        };
    }

    private string Summarize(string peer, PeerInfo[] matches, PeerEvent[] events, LedgerEntry? record, MeshPath? path, string? known)
    {
        string because = events is [var last, ..] ? $"; last, {Ago(last.Ago)} ago: {last.Reason}" : "";
        return matches.FirstOrDefault(match => match.State is PeerState.Connected or PeerState.Suspect) is { } linked
            ? linked.State == PeerState.Connected ? $"linked, {(linked.Direction == LinkDirection.Outbound ? "dialled by this agent" : "dialled by it")}" : "linked, but it owes an answer: nothing is routed over the link"
            : record?.BannedUntil is { } until ? string.Create(CultureInfo.InvariantCulture, $"banned until {until:u}{because}")
            : matches is [{ NextTryIn: { } pause } waiting, ..] ? string.Create(CultureInfo.InvariantCulture, $"{Word(waiting.State)}, dialled again in {pause.TotalSeconds:0.0} s{(waiting.LastError is null ? because : $": {waiting.LastError}")}")
            : matches is [{ } first, ..] ? $"{Word(first.State)}{because}"
            : absence.Why is { } away ? $"no link: {away}"
            : path is not null ? string.Create(CultureInfo.InvariantCulture, $"no link; reached through '{path.NextHop}' in {path.Hops} hops")
            : known is not null ? $"no link, and no way over others: {WhyNoWay(known).Message}{because}"
            : events.Length > 0 ? $"no link, and no agent by which it is reached{because}"
            : $"nothing is known of '{peer}': no link, no address, no agent of that name";
    }

    private static string Word(PeerState state) => state switch
    {
        PeerState.Introducing => "the handshake is under way",
        PeerState.Dialling => "being dialled",
        PeerState.Refused => "refused",
        PeerState.Away => "this agent is away",
        _ => "no link",
    };

    private static bool IsMeant(PeerLink link, string peer, IReadOnlyList<string> addresses) =>
        peer == link.Peer?.Id || peer == link.Peer?.Name || addresses.Contains(link.Address) || (link.Peer?.ListenAddress is { } listen && addresses.Contains(listen));

    private static string Ago(TimeSpan time) => time < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min");

    private PeerInfo Of(PeerLink link, MeshTime time) => new()
    {
        Id = link.Peer?.Id ?? link.ExpectedId,
        Name = link.Peer?.Name,
        Address = link.Address,
        Direction = link.Direction,
        State = link.Stage != LinkStage.Open ? PeerState.Introducing : link.IsSuspect ? PeerState.Suspect : PeerState.Connected,
        IsConfigured = link.IsConfigured,
        RoundTrip = link.RoundTrip,
        OpenFor = link.Stage == LinkStage.Open ? time.Now - link.Since : null,
        Counters = link.Counters,
        Points = ledger.Find(link.Who, time.Wall)?.Score ?? 0,
        Counts = counts.Of(link.Who),
    };

    private PeerInfo Of(AddressEntry entry, MeshTime time)
    {
        bool isBanned = ledger.IsBanned(entry.Id ?? entry.Address, time.Wall) || ledger.IsBanned(entry.Address, time.Wall);
        return new PeerInfo
        {
            Id = entry.Id,
            Name = NameOf(entry.Id),
            Address = entry.Address,
            State = entry.IsDialling ? PeerState.Dialling : isBanned ? PeerState.Banned : entry.LastOutcome is DialOutcome.Incompatible or DialOutcome.IdTaken ? PeerState.Refused : PeerState.Waiting,
            IsConfigured = entry.Kind == AddressKind.Configured,
            NextTryIn = entry.IsDialling ? null : PauseOf(entry, time.Now),
            Failures = entry.Failures,
            Points = Math.Max(ledger.Find(entry.Address, time.Wall)?.Score ?? 0, entry.Id is { } id ? ledger.Find(id, time.Wall)?.Score ?? 0 : 0),
            Counts = Sum(entry.Id is null ? [entry.Address] : [entry.Address, entry.Id]),
            LastError = entry.LastError,
        };
    }

    /// <summary>What happened before an agent said who it is was counted by its address.</summary>
    private SortedDictionary<string, long> Sum(IEnumerable<string> keys)
    {
        SortedDictionary<string, long> sum = new(StringComparer.Ordinal);
        foreach ((string name, long count) in keys.SelectMany(counts.Of))
        {
            sum[name] = sum.GetValueOrDefault(name) + count;
        }

        return sum;
    }

    /// <summary>One that is away dials nobody.</summary>
    private TimeSpan PauseOf(AddressEntry entry, TimeSpan now)
    {
        TimeSpan from = absence.Why is not null && absence.Until > entry.NotBefore ? absence.Until : entry.NotBefore;
        return from > now ? from - now : TimeSpan.Zero;
    }

    private IEnumerable<PeerInfo> Itself(MeshTime time) => absence.Why is not { } why ? [] :
    [
        new PeerInfo { Id = self.Id, Name = self.Name, State = PeerState.Away, NextTryIn = absence.Until > time.Now ? absence.Until - time.Now : TimeSpan.Zero, LastError = why.Message },
    ];

    private string? NameOf(string? id) => id is not null && store.TryFind(id, out AgentDocument? document) ? document.Name : null;

    private bool IsLinked(AddressEntry entry) => links.All.Any(link => link.Address == entry.Address || entry.IsOf(link.Peer?.Id));
}
