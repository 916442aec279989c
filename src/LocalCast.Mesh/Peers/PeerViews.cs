using System.Globalization;

namespace LocalCast.Mesh;

/// <summary>Links and addresses for people. Computed when somebody looks.</summary>
internal sealed class PeerViews(MeshSelf self, Absence absence, LinkTable links, AddressBook book, MisbehaviourLedger ledger, DocumentStore store, MeshGraph graph, PeerJournal journal, EventCounts counts)
{
    /// <summary>Says so when several agents bear a name.</summary>
    public required Func<string, string?> WhyNotOne { get; init; }

    /// <summary>All links, and the addresses that a person chose or that are being dialled and have none; first of all this agent itself, when it is away.</summary>
    public IEnumerable<PeerInfo> All(MeshTime time) => Itself(time).Concat(links.All.Select(link => Of(link, time)))
        .Concat(book.Entries.Where(entry => (entry.Kind == AddressKind.Configured || entry.IsDialling) && !IsLinked(entry)).Select(entry => Of(entry, time)));

    public PeerReport Explain(string peer, MeshTime time)
    {
        PeerInfo[] matches =
        [
            .. Itself(time).Where(row => peer == row.Id || peer == row.Name),
            .. links.All.Where(link => Matches(peer, link.Address, link.Peer?.Id, link.Peer?.Name, link.Peer?.ListenAddress)).Select(link => Of(link, time)),
            .. book.Entries.Where(entry => Matches(peer, entry.Address, entry.Id, NameOf(entry.Id), null) && !IsLinked(entry)).Select(entry => Of(entry, time)),
        ];
        string? named = store.All.FirstOrDefault(document => document.Name == peer)?.Id;
        string[] keys = [.. matches.SelectMany(match => (IEnumerable<string?>)[match.Id, match.Address]).Append(peer).Append(named).OfType<string>().Distinct(StringComparer.Ordinal)];
        LedgerEntry? record = keys.Select(key => ledger.Find(key, time.Wall)).FirstOrDefault(entry => entry is not null);
        PeerEvent[] events = [.. journal.Of(keys, time.Now)];
        MeshPath? path = keys.Select(key => graph.TryFind(key, out MeshPath? found) ? found : null).FirstOrDefault(found => found is not null);
        return new PeerReport
        {
            Summary = WhyNotOne(peer) ?? Summarize(peer, matches, events, record, path),
            Peers = matches,
            Events = events,
            Counts = Sum(keys),
            Score = record?.Score ?? 0,
            BannedUntil = record?.BannedUntil,
            Path = path,
        };
    }

    private string Summarize(string peer, PeerInfo[] matches, PeerEvent[] events, LedgerEntry? record, MeshPath? path)
    {
        string because = events is [var last, ..] ? $"; last: {last.Reason}" : "";
        return matches.FirstOrDefault(match => match.State is PeerState.Connected or PeerState.Suspect) is { } linked
            ? linked.State == PeerState.Connected ? $"linked, {(linked.Direction == LinkDirection.Outbound ? "dialled by this agent" : "dialled by it")}" : "linked, but it owes an answer: nothing is routed over the link"
            : record?.BannedUntil is { } until ? string.Create(CultureInfo.InvariantCulture, $"banned until {until:u}{because}")
            : matches is [{ NextTryIn: { } pause } waiting, ..] ? string.Create(CultureInfo.InvariantCulture, $"{Word(waiting.State)}, dialled again in {pause.TotalSeconds:0.0} s{(waiting.LastError is null ? because : $": {waiting.LastError}")}")
            : matches is [{ } first, ..] ? $"{Word(first.State)}{because}"
            : absence.Why is { } away ? $"no link: {away}"
            : path is not null ? string.Create(CultureInfo.InvariantCulture, $"no link; reached through '{path.NextHop}' in {path.Hops} hops")
            : events.Length > 0 ? $"no link{because}"
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

    private static bool Matches(string peer, string address, string? id, string? name, string? listenAddress) =>
        peer == id || peer == name || peer == address || (Addresses.TryNormalize(peer, out string? normal) && (normal == address || normal == listenAddress));

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

    private bool IsLinked(AddressEntry entry) => links.All.Any(link => link.Address == entry.Address || (entry.Id is not null && link.Peer?.Id == entry.Id));
}
