using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What the first frame of a link leads to. One of the three is set besides the hello; none of them: the link is open.</summary>
internal readonly record struct LinkVerdict(LinkHello? Hello, ErrorInfo? Refusal = null, PeerLink? Probe = null, PeerLink? Replaces = null, PeerLink? Evicts = null);

/// <summary>Judges the <c>hello</c> or <c>hello_ack</c> of a link: first frame, size, network, version, clock, self, ban, duplicate, capacity, in this order.</summary>
internal sealed class LinkGate(MeshSelf self, MeshOptions options, LinkTable links, MisbehaviourLedger ledger)
{
    private const int MostSaid = 128;

    /// <summary>Says how many agents are reached by way of each neighbour.</summary>
    public required Func<IReadOnlyDictionary<string, int>> Carries { get; init; }

    /// <summary>Says why this agent is away from the mesh; nothing when it is not.</summary>
    public required Func<ErrorInfo?> Away { get; init; }

    public LinkVerdict Judge(PeerLink link, Envelope first, int size, MeshTime time)
    {
        MessageType expected = link.Direction == LinkDirection.Inbound ? MessageType.Hello : MessageType.HelloAck;
        if (first.Type != expected)
        {
            return Refuse(null, LocalCastError.BadRequest, $"the first frame must be '{MessageTypes.NameOf(expected)}', not '{first.Spelling}'");
        }

        if (size > options.MostHelloBytes)
        {
            return Refuse(null, LocalCastError.TooLarge, $"a hello has at most {options.MostHelloBytes} bytes, this one has {size}");
        }

        if (!MeshMessage.TryRead(first, MeshJson.Default.LinkHello, out LinkHello? hello, out ErrorInfo? why))
        {
            return new LinkVerdict(null, why);
        }

        ErrorInfo? refusal = CheckItself(hello, link, time) ?? CheckIdentity(hello, link, time);
        return refusal is null ? JudgeAmongOthers(hello, link, time)
            : new LinkVerdict(AgentId.WhatIsWrong(hello.Id) is null ? hello : null, refusal); // what is no id is not kept as one
    }

    /// <summary>What can be said about a hello without knowing any other link.</summary>
    private ErrorInfo? CheckItself(LinkHello hello, PeerLink link, MeshTime time)
    {
        if (hello.Protocol is not [var oldest, var newest] || oldest > newest)
        {
            return new(LocalCastError.BadRequest, "hello.data.protocol must be [oldest, newest]");
        }

        if (hello.Network != self.Network)
        {
            return new(LocalCastError.NetworkMismatch, $"the agent '{self.Id}' belongs to the network '{self.Network}', the agent '{Cut(hello.Id)}' to '{Cut(hello.Network)}'");
        }

        if (oldest > ProtocolVersion.Newest || newest < ProtocolVersion.Oldest)
        {
            return new(LocalCastError.VersionMismatch, $"the agent '{self.Id}' speaks protocol {ProtocolVersion.Oldest} to {ProtocolVersion.Newest}, the agent '{Cut(hello.Id)}' {oldest} to {newest}");
        }

        if (hello.Time is not { } clock)
        {
            return new(LocalCastError.ClockSkew, "hello.data.time is missing");
        }

        // The hello was written after the link was opened and before it was received.
        TimeSpan ahead = clock - time.Wall;
        TimeSpan behind = link.WallAtOpening - clock;
        TimeSpan off = ahead > behind ? ahead : behind;
        return off > options.ClockTolerance
            ? new(LocalCastError.ClockSkew, $"the clocks differ by {off.TotalSeconds:0.0} s, {options.ClockTolerance.TotalSeconds:0} s are allowed")
            : null;
    }

    private ErrorInfo? CheckIdentity(LinkHello hello, PeerLink link, MeshTime time)
    {
        if (link.Direction == LinkDirection.Inbound && hello.Nonce is { } nonce && links.IsOwnNonce(nonce))
        {
            return new(LocalCastError.SelfConnect, "this agent dialled itself");
        }

        if (hello.Id == self.Id)
        {
            // The nonce is another's, so the agent is another one. Said so that it is true at both ends.
            return new(link.Direction == LinkDirection.Inbound ? LocalCastError.DuplicateNode : LocalCastError.SelfConnect, $"the two agents have the same id '{self.Id}'; give one of them another (--node-id)");
        }

        if (Away() is { } away)
        {
            return away;
        }

        if (AgentId.WhatIsWrong(hello.Id) is { } why)
        {
            return new(LocalCastError.BadRequest, $"the id of the hello {why}");
        }

        if (link.ExpectedId is { } expected && expected != hello.Id)
        {
            return new(LocalCastError.Unauthorized, $"the connection belongs to '{expected}', the hello says '{hello.Id}'");
        }

        return ledger.IsBanned(hello.Id, time.Wall) ? new(LocalCastError.Forbidden, "this agent is banned here") : null;
    }

    private LinkVerdict JudgeAmongOthers(LinkHello hello, PeerLink link, MeshTime time)
    {
        if (links.TryFindOpen(hello.Id, out PeerLink? other))
        {
            return JudgeDuplicate(hello, link, other, time.Now);
        }

        if (self.IsLeaf && hello.Services?.Contains(LinkHello.Leaf) == true)
        {
            return Refuse(hello, LocalCastError.Forbidden, "both are leaves: neither offers the other a way");
        }

        bool isFull = link.Direction == LinkDirection.Inbound && links.CountOpen(LinkDirection.Inbound) >= options.MostInbound;
        if (isFull && options.EvictInbound && links.Open.Count < options.MostLinks && ChooseEvicted(time) is { } evicted)
        {
            return new LinkVerdict(hello, Evicts: evicted);
        }

        return isFull || links.Open.Count >= options.MostLinks
            ? new LinkVerdict(hello, new ErrorInfo(LocalCastError.Busy, isFull ? "too many inbound links" : "too many links") { RetryAfter = options.HandshakeLimit })
            : new LinkVerdict(hello);
    }

    private PeerLink? ChooseEvicted(MeshTime time)
    {
        IReadOnlyDictionary<string, int> carries = Carries();
        return Eviction.Choose(links.Open.Where(link => link.Direction == LinkDirection.Inbound), id => ledger.Find(id, time.Wall)?.Score ?? 0, id => carries.GetValueOrDefault(id));
    }

    /// <summary>Judges a second link to an agent. Until one of the two is open at both ends none is given up: somebody may be sending over it.</summary>
    private LinkVerdict JudgeDuplicate(LinkHello hello, PeerLink link, PeerLink other, TimeSpan now)
    {
        // A hello, although the first link is open here: it stays if the other side lives.
        if (link.Direction == LinkDirection.Inbound)
        {
            return new LinkVerdict(hello, Probe: other);
        }

        // Both dialled before either was open, and each acknowledged the other's: of the two the smaller id's stays. It closes the other one, because
        // it has the last word of that link's handshake; until it has heard it, which an answer over that link proves, this one is kept.
        bool isSimultaneous = other.Direction == LinkDirection.Inbound && other.Peer!.Boot == hello.Boot && now - other.Since < options.HandshakeLimit;
        return isSimultaneous && string.CompareOrdinal(self.Id, hello.Id) > 0
            ? new LinkVerdict(hello, Probe: other)
            : new LinkVerdict(hello, Replaces: other); // an acknowledgement means that the other side has looked into it already
    }

    /// <summary>What the other side says of itself, in a sentence that both ends keep: so it names neither "this agent" nor "the other".</summary>
    private static string Cut(string said) => said.Length <= MostSaid ? said : said[..MostSaid] + "…";

    private static LinkVerdict Refuse(LinkHello? hello, LocalCastError code, string why) => new(hello, new ErrorInfo(code, why));
}
