namespace LocalCast.Mesh;

/// <summary>Finds out whether another living agent bears this one's id and is the older of the two. Passive.</summary>
/// <remarks>
/// The document of an agent's own former life, and a forged one, look like a twin's at first sight. But nobody writes the former life's anew when it is outbid, and whoever
/// forges one is still without links: so a twin has to outbid this agent again and again, and another agent has to name the twin as its neighbour.
/// </remarks>
internal sealed class TwinWatch(OwnDocument own, DocumentStore store, LinkTable links, PastNeighbours past)
{
    /// <summary>How often this agent outbids it first, and how long that goes on at least.</summary>
    private const int LeastRises = 2;

    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(2);

    /// <summary>After so long a silence it is another matter.</summary>
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(30);

    /// <summary>Who came back after having left to a twin listens first: the documents of all others come within this after its first link.</summary>
    private static readonly TimeSpan ListenFor = TimeSpan.FromSeconds(1.5);

    /// <summary>Looking for somebody who vouches takes a while where many are named: not for each message that comes.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private AgentDocument? _elder;
    private AgentDocument? _lookedAt;
    private TimeSpan _lookAgain;
    private TimeSpan? _elderHeard;
    private TimeSpan? _twinHeard;
    private TimeSpan? _firstRise;
    private int _rises;
    private bool _isBack;

    /// <summary>Until when this agent outbids nobody.</summary>
    public TimeSpan ListensUntil { get; private set; }

    /// <summary>Whether an agent of another birth has outbid this one lately, also after it was outbid itself.</summary>
    public bool HasTwin(TimeSpan now) => now - _twinHeard < Forgotten;

    /// <summary>Somebody has a document with this agent's id that is newer than its own.</summary>
    public void Hear(AgentDocument other, TimeSpan now)
    {
        if (own.Current.Born is not { } born || other.Born == born || other.Left == true)
        {
            return; // an echo of its own, or the last word of one that is no more
        }

        if (_rises > 0)
        {
            _twinHeard = now;
        }

        if ((other.Born ?? 0) < born)
        {
            (_firstRise, _rises) = now - _elderHeard < Forgotten ? (_firstRise, _rises) : (null, 0);
            (_elder, _elderHeard) = (other, now);
        }
    }

    /// <summary>This agent went above another one's version.</summary>
    public void Rose(TimeSpan now)
    {
        _rises++;
        _firstRise ??= now;
    }

    /// <summary>This agent has come back; until it has a link it hears nobody.</summary>
    public void Back() => (_isBack, ListensUntil, _elder) = (true, TimeSpan.MaxValue, null);

    /// <summary>A link opened.</summary>
    public void Linked(TimeSpan now)
    {
        if (_isBack)
        {
            (_isBack, ListensUntil) = (false, now + ListenFor);
        }
    }

    /// <summary>The document of the older agent with this one's id, if it is certain that there is one. It is newer than anything that this agent has written.</summary>
    /// <param name="now">The time.</param>
    /// <param name="mustKnow">Whether something depends on it now; otherwise what was found a moment ago will do.</param>
    public AgentDocument? Find(TimeSpan now, bool mustKnow)
    {
        bool isLikely = _elder is { } elder && elder.Version > own.Current.Version && (now < ListensUntil || (_rises >= LeastRises && now - _firstRise > LeastTime));
        if (!isLikely || (!mustKnow && ReferenceEquals(_elder, _lookedAt) && now < _lookAgain))
        {
            return null;
        }

        (_lookedAt, _lookAgain) = (_elder, now + LookEvery);
        if (!IsVouchedFor(_elder!, now))
        {
            return null;
        }

        (_firstRise, _rises, ListensUntil) = (null, 0, TimeSpan.Zero);
        return _elder;
    }

    /// <summary>Whether an agent that it names as its neighbour says the same, and cannot mean a link of this agent.</summary>
    private bool IsVouchedFor(AgentDocument elder, TimeSpan now) => elder.Neighbours.Select(neighbour => neighbour.Id).Distinct(StringComparer.Ordinal).Any(neighbour =>
        !links.TryFindOpen(neighbour, out _) && !past.Contains(neighbour, now)
        && store.IsReachable(neighbour) && store.TryFind(neighbour, out AgentDocument? document) && document.CostTo(elder) > 0);
}
