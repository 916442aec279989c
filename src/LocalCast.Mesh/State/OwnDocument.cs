using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>This agent's own document: written anew when something in it changed, and not more often than others can bear.</summary>
internal sealed class OwnDocument(MeshSelf self)
{
    /// <summary>Changes that come faster are told together.</summary>
    public static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(200);

    /// <summary>However much is in it: subscriptions are known everywhere within 5 s.</summary>
    public static readonly TimeSpan MostPause = TimeSpan.FromSeconds(2);

    /// <summary>A document is told to each neighbour, and lists them: with a thousand of them one version is a thousand times 30 KB.</summary>
    private static readonly TimeSpan PausePerEntry = TimeSpan.FromMilliseconds(2);

    /// <summary>That the same links are nearer or farther than they were is less urgent, and with many links one of them always is. With a thousand it is told as often as all of them are measured.</summary>
    private static readonly TimeSpan DistancePausePerEntry = TimeSpan.FromMilliseconds(30);

    private static readonly TimeSpan LeastDistancePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostDistancePause = TimeSpan.FromSeconds(30);

    private AgentDocument _current = new() { Id = self.Id, Name = self.Name, Boot = self.Boot, Seq = 1, Groups = self.Groups, Leaf = self.IsLeaf ? true : null };
    private IReadOnlyList<NodeDescription> _nodes = [];
    private TimeSpan? _lastWritten;
    private bool _isDirty;
    private bool _haveDistancesChanged;

    public AgentDocument Current => _current;

    /// <summary>Whether the agent is leaving: nothing is written after that.</summary>
    public bool HasLeft => _current.Left == true;

    /// <summary>When it is written anew; <see cref="TimeSpan.MaxValue"/> when nothing changed.</summary>
    public TimeSpan Due => HasLeft || !(_isDirty || _haveDistancesChanged) ? TimeSpan.MaxValue
        : _lastWritten is { } last ? last + (_isDirty ? PauseOf(PausePerEntry, LeastPause, MostPause) : PauseOf(DistancePausePerEntry, LeastDistancePause, MostDistancePause))
        : TimeSpan.Zero;

    public void SetNodes(IReadOnlyList<NodeDescription> nodes)
    {
        // What changes by itself would make a new document every second.
        _nodes = [.. nodes.Select(node => node with { UptimeMs = null })];
        _isDirty = true;
    }

    public void Touch() => _isDirty = true;

    /// <summary>The round trip of an open link was measured.</summary>
    public void Measured(PeerLink link)
    {
        _isDirty |= link.RoundTrip is not null && _current.CostTo(link.PeerId) == 0;
        _haveDistancesChanged |= Differs(link);
    }

    /// <summary>Somebody has a newer document with this agent's id, from before its clock was set back or from a second agent: this one goes above it.</summary>
    public void RiseAbove(DocumentVersion other)
    {
        if (other > _current.Version)
        {
            _current = _current with { Boot = other.Boot, Seq = other.Seq };
            _isDirty = true;
        }
    }

    /// <summary>Writes the document anew if that is due.</summary>
    public bool TryWrite(IEnumerable<PeerLink> links, TimeSpan now)
    {
        if (now < Due)
        {
            return false;
        }

        (_isDirty, _haveDistancesChanged, _lastWritten) = (false, false, now);
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

        int told = _current.CostTo(link.PeerId);
        int cost = CostOf(trip);
        return told == 0 || Math.Abs(cost - told) > Math.Max(1000, told / 4);
    }

    /// <summary>The last version: nothing but the word that the agent left.</summary>
    public AgentDocument Leave()
    {
        _current = new AgentDocument { Id = self.Id, Name = self.Name, Boot = _current.Boot, Seq = _current.Seq + 1, Left = true };
        return _current;
    }

    private TimeSpan PauseOf(TimeSpan perEntry, TimeSpan least, TimeSpan most)
    {
        TimeSpan pause = perEntry * (_current.Neighbours.Count + _current.Nodes.Count);
        return pause < least ? least : pause > most ? most : pause;
    }

    private static DocumentNeighbour ToNeighbour(PeerLink link) => new() { Id = link.PeerId, Cost = CostOf(link.RoundTrip!.Value) };

    private static int CostOf(TimeSpan trip) => (int)Math.Clamp(trip.TotalMicroseconds, 1, int.MaxValue / 4);
}
