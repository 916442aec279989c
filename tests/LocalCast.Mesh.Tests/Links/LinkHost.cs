using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

/// <summary>The links of one agent, with the time and the wire moved by hand.</summary>
internal sealed class LinkHost
{
    public static readonly DateTimeOffset Wall = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private long _lastNumber;

    public LinkHost(string id, Action<MeshOptions>? configure = null, string network = "net", ulong boot = 1, bool isLeaf = false, ulong? born = null)
    {
        Self = new MeshSelf { Id = id, Name = id, Network = network, Boot = boot, Born = born, IsLeaf = isLeaf };
        configure?.Invoke(Options);
        Links = new LinkTable(Options);
        Keeper = new LinkKeeper(Self, Options, Links, Ledger, Output, new Random(id.GetHashCode(StringComparison.Ordinal)))
        {
            Opened = (link, _) => OpenedPeers.Add(link.PeerId),
            Doubted = link => Doubts.Add(link.IsSuspect),
            Ended = (link, stage, reason, _) =>
            {
                Ends.Add((link.Number, stage, reason));
                if (link.Peer is { Id: var peer })
                {
                    LinksAtEnds.Add(Links.TryFindOpen(peer, out PeerLink? _));
                }
            },
        };
    }

    public MeshSelf Self { get; }

    public MeshOptions Options { get; } = new();

    public LinkTable Links { get; }

    public MisbehaviourLedger Ledger { get; } = new();

    public MeshOutput Output { get; } = new();

    public LinkKeeper Keeper { get; }

    public TimeSpan Now { get; set; }

    public TimeSpan Skew { get; init; }

    public List<string> OpenedPeers { get; } = [];

    public List<(long Number, LinkStage Stage, ErrorInfo Reason)> Ends { get; } = [];

    /// <summary>For each that had come as far as a hello: whether there was a link to the agent as it ended.</summary>
    public List<bool> LinksAtEnds { get; } = [];

    public List<bool> Doubts { get; } = [];

    public List<Envelope> ForOthers { get; } = [];

    public MeshTime Time => new(Now, Wall + Now + Skew);

    public PeerLink Open(LinkDirection direction, string? expectedId = null, string? address = null)
    {
        var link = new PeerLink(++_lastNumber, direction, address ?? $"ws://{_lastNumber}:1", Options, Now) { ExpectedId = expectedId, WallAtOpening = Time.Wall };
        Keeper.Add(link, Time);
        return link;
    }

    public void Receive(PeerLink link, Envelope message)
    {
        if (link.Stage != LinkStage.Closed && Keeper.Receive(link, message, MeshMessage.SizeOf(message), Time))
        {
            ForOthers.Add(message);
        }
    }

    public void Tick(TimeSpan by)
    {
        Now += by;
        Keeper.Tick(Time);
    }
}

/// <summary>One connection between two hosts; messages pass when the test says so.</summary>
internal sealed class Wire(LinkHost dialler, LinkHost acceptor, string? expectedId = null)
{
    public PeerLink Out { get; } = dialler.Open(LinkDirection.Outbound);

    public PeerLink In { get; } = acceptor.Open(LinkDirection.Inbound, expectedId);

    /// <summary>Passes everything, both ways, until nothing is left.</summary>
    public Wire Settle()
    {
        while (Pass(Out, acceptor, In) | Pass(In, dialler, Out))
        {
            // Passing is the point.
        }

        return this;
    }

    public bool PassToAcceptor() => Pass(Out, acceptor, In);

    public bool PassToDialler() => Pass(In, dialler, Out);

    private static bool Pass(PeerLink from, LinkHost to, PeerLink at)
    {
        bool any = false;
        while (from.TryTake(out Envelope? message))
        {
            any = true;
            to.Receive(at, message);
        }

        return any;
    }
}
