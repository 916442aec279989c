using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Calls for which no way was found yet: agents learn of each other within moments, and not all in the same one. Each waits a bounded time in all. Passive.</summary>
internal sealed class RouteWaits(MeshView view)
{
    /// <summary>This agent may see a way that another on it does not see yet. Each pause is longer than the last one by this.</summary>
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly List<Waiting> _waiting = [];

    public int Count => _waiting.Count;

    /// <summary>Lets a call wait that was sent nowhere, or that another agent could not pass on.</summary>
    /// <returns>Whether there is time left for it.</returns>
    public bool TryAdd(Ask ask, TimeSpan now)
    {
        bool mayWait = ask is { IsPublication: false, Candidates.Count: 0, LastError.Code: LocalCastError.NoRoute } && now < Until(ask);
        if (mayWait)
        {
            _waiting.Add(new Waiting(ask, now + MeshMachine.Earliest(TryAgainAfter * ++ask.PutOff, LongestPause), WayOf(ask)));
        }

        return mayWait;
    }

    public Ask? Take(long request)
    {
        int place = _waiting.FindIndex(item => item.Ask.Request == request);
        Ask? found = place < 0 ? null : _waiting[place].Ask;
        if (found is not null)
        {
            _waiting.RemoveAt(place);
        }

        return found;
    }

    public IReadOnlyList<Ask> TakeAll(Func<long, bool> which) => TakeWhere(item => which(item.Ask.Request));

    /// <summary>Takes out those whose time is over.</summary>
    public IReadOnlyList<Ask> TakeOver(TimeSpan now) => TakeWhere(item => now >= Until(item.Ask));

    /// <summary>Takes out those that may be tried again.</summary>
    public IReadOnlyList<Ask> TakeReady(TimeSpan now) => TakeWhere(item => now >= item.TryAt && WayOf(item.Ask) is not null);

    /// <summary>Ways changed. Takes out those to which there was none; those that another agent did not pass on are tried soon again if it is their way that changed.</summary>
    public IReadOnlyList<Ask> TakeNew(TimeSpan now) => TakeWhere(item =>
    {
        MeshPath? way = WayOf(item.Ask);
        if (way is null || ReferenceEquals(way, item.TriedBy))
        {
            return false;
        }

        item.Ask.PutOff = 0;
        item.TryAt = MeshMachine.Earliest(item.TryAt, now + TryAgainAfter);
        bool isFirst = item.TriedBy is null;
        item.TriedBy = way;
        return isFirst;
    });

    /// <summary>Without a way the caller learns so soon. With one the agents on it agree within seconds, and until then say "no route" to each other's callers.</summary>
    private TimeSpan Until(Ask ask) => WayOf(ask) is null ? ask.RouteBy : ask.AgreeBy;

    /// <summary>The way to the first agent of those to which it may go.</summary>
    private MeshPath? WayOf(Ask ask)
    {
        foreach (MeshAddress to in ask.WithoutRoute)
        {
            if (view.LinkTo(to.Agent!) is not null && view.Graph.TryFind(to.Agent!, out MeshPath? path))
            {
                return path;
            }
        }

        return null;
    }

    private List<Ask> TakeWhere(Predicate<Waiting> which)
    {
        List<Ask> taken = [];
        if (_waiting.Count > 0)
        {
            _waiting.RemoveAll(item =>
            {
                bool isTaken = which(item);
                if (isTaken)
                {
                    taken.Add(item.Ask);
                }

                return isTaken;
            });
        }

        return taken;
    }

    private sealed class Waiting(Ask ask, TimeSpan tryAt, MeshPath? triedBy)
    {
        public Ask Ask => ask;

        public TimeSpan TryAt { get; set; } = tryAt;

        /// <summary>The way that there was at the last attempt.</summary>
        public MeshPath? TriedBy { get; set; } = triedBy;
    }
}
