using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>This agent's own document: written anew when something in it changed, and not more often than others can bear.</summary>
internal sealed class OwnDocument(MeshSelf self)
{
    /// <summary>More changes than any agent ever tells. Beyond that the next one is told as if of a later start.</summary>
    private const ulong MostSeq = ulong.MaxValue / 2;

    /// <summary>Changes that come faster are told together.</summary>
    public static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(200);

    // A document is told to each neighbour, and lists them: with a thousand of them one version is a thousand times 30 KB. So the pause grows with what is in it,
    // and the more, the less the others need to know.
    private static readonly Urgency NodesChanged = new(TimeSpan.FromMilliseconds(2), LeastPause, TimeSpan.FromSeconds(2)); // subscriptions are known everywhere within 5 s
    private static readonly Urgency LinksChanged = new(TimeSpan.FromMilliseconds(5), LeastPause, TimeSpan.FromSeconds(5));

    /// <summary>With many links one of them always is nearer or farther than it was. With a thousand that is told as often as all of them are measured.</summary>
    private static readonly Urgency DistancesChanged = new(TimeSpan.FromMilliseconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    private AgentDocument _current = new() { Id = self.Id, Name = self.Name, Boot = self.Boot, Seq = AgentBirth.FirstSeq(self.Born), Born = self.Born, Groups = self.Groups, Leaf = self.IsLeaf ? true : null };
    private IReadOnlyList<NodeDescription> _nodes = [];
    private TimeSpan? _lastWritten;

    /// <summary>What changed since the last version: the most urgent of it.</summary>
    private Urgency? _change;

    public AgentDocument Current => _current;

    /// <summary>Whether the agent is leaving for good: nothing is written after that.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>Whether the agent is away from the mesh: nothing is written meanwhile, or the last word of an older agent with its id would be outbid by what nobody hears.</summary>
    public bool IsHeld { get; set; }

    /// <summary>When it is written anew; <see cref="TimeSpan.MaxValue"/> when nothing changed.</summary>
    public TimeSpan Due => HasLeft || IsHeld || _change is not { } change ? TimeSpan.MaxValue
        : _lastWritten is { } last ? last + change.PauseOf(_current.Neighbours.Count + _current.Nodes.Count)
        : TimeSpan.Zero;

    public void SetNodes(IReadOnlyList<NodeDescription> nodes)
    {
        // What changes by itself would make a new document every second.
        _nodes = [.. nodes.Select(node => node with { UptimeMs = null })];
        Note(NodesChanged);
    }

    /// <summary>A link opened, ended, or is doubted.</summary>
    public void Touch() => Note(LinksChanged);

    /// <summary>The round trip of an open link was measured.</summary>
    public void Measured(PeerLink link)
    {
        if (Differs(link))
        {
            Note(_current.LinkTo(link.PeerId) is null ? LinksChanged : DistancesChanged);
        }
    }

    /// <summary>Somebody has a newer document with this agent's id, from before its clock was set back or from a second agent: this one goes above it.</summary>
    /// <param name="other">Its version.</param>
    /// <param name="by">By how many versions.</param>
    public void RiseAbove(DocumentVersion other, int by = 0)
    {
        if (other > _current.Version)
        {
            // What is written next counts on from there; a lie may have left no room to count.
            _current = _current with { Boot = other.Seq < MostSeq ? other.Boot : other.Boot + 1, Seq = other.Seq < MostSeq ? other.Seq + (ulong)by : 0 };
            Note(NodesChanged);
        }
    }

    /// <summary>Writes the document anew if that is due.</summary>
    public bool TryWrite(IEnumerable<PeerLink> links, TimeSpan now)
    {
        if (now < Due)
        {
            return false;
        }

        (_change, _lastWritten) = (null, now);
        _current = _current with
        {
            Seq = _current.Seq + 1,
            Nodes = _nodes,
            Neighbours = [.. links.Where(link => link.RoundTrip is not null).OrderBy(link => link.PeerId, StringComparer.Ordinal).Select(ToNeighbour)],
        };
        return true;
    }

    /// <summary>Whether a link is not in the document as it is now.</summary>
    public bool Differs(PeerLink link)
    {
        if (link.RoundTrip is not { } trip)
        {
            return false;
        }

        int told = _current.LinkTo(link.PeerId)?.Cost ?? 0;
        int cost = CostOf(trip);
        return told == 0 || Math.Abs(cost - told) > Math.Max(1000, told / 4);
    }

    /// <summary>Nothing is written any more, and there is no last word: what it says would be said of another agent with the id, too.</summary>
    public void LeaveUntold() => HasLeft = true;

    /// <summary>The last version: nothing but the word that the agent left.</summary>
    public AgentDocument Leave()
    {
        HasLeft = true;
        _current = new AgentDocument { Id = self.Id, Name = self.Name, Boot = _current.Boot, Seq = _current.Seq + 1, Left = true };
        return _current;
    }

    private void Note(Urgency change) => _change = _change is { } other && other.Most <= change.Most ? other : change;

    private static DocumentNeighbour ToNeighbour(PeerLink link) => new() { Id = link.PeerId, Cost = CostOf(link.RoundTrip!.Value), Born = link.Peer!.Born };

    private static int CostOf(TimeSpan trip) => (int)Math.Clamp(trip.TotalMicroseconds, 1, int.MaxValue / 4);

    /// <summary>How long after a version the next one follows.</summary>
    private readonly record struct Urgency(TimeSpan PerEntry, TimeSpan Least, TimeSpan Most)
    {
        public TimeSpan PauseOf(int entries) => PerEntry * entries is var pause && pause < Least ? Least : pause > Most ? Most : pause;
    }
}
