using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Calls for which no way was found yet: agents learn of each other within moments, and not all in the same one. Each waits a bounded time in all. Passive.</summary>
internal sealed class RouteWaits(MeshView view)
{
    /// <summary>This agent may see a way that another on it does not see yet. Each pause is longer than the last one by this.</summary>
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly List<(Ask Ask, TimeSpan TryAt)> _waiting = [];

    public int Count => _waiting.Count;

    /// <summary>Lets a call wait that was sent nowhere, or that another agent could not pass on.</summary>
    /// <returns>Whether there is time left for it.</returns>
    public bool TryAdd(Ask ask, TimeSpan now)
    {
        bool mayWait = ask is { IsPublication: false, Candidates.Count: 0, LastError.Code: LocalCastError.NoRoute } && now < Until(ask);
        if (mayWait)
        {
            _waiting.Add((ask, now + (TryAgainAfter * ++ask.PutOff)));
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

    public IReadOnlyList<Ask> TakeAll(Func<long, bool> which) => Take((ask, _) => which(ask.Request));

    /// <summary>Takes out those whose time is over.</summary>
    public IReadOnlyList<Ask> TakeOver(TimeSpan now) => Take((ask, _) => now >= Until(ask));

    /// <summary>Takes out those that may be tried again.</summary>
    /// <param name="now">The time.</param>
    /// <param name="pathsChanged">Whether that is news, so that none has to wait for its turn.</param>
    public IReadOnlyList<Ask> TakeReady(TimeSpan now, bool pathsChanged) =>
        Take((ask, tryAt) => (pathsChanged || now >= tryAt) && view.LinkTo(ask.Target.Agent!) is not null);

    /// <summary>Without a way the caller learns so soon. With one the agents on it agree within seconds, and until then say "no route" to each other's callers.</summary>
    private TimeSpan Until(Ask ask) => view.LinkTo(ask.Target.Agent!) is null ? ask.RouteBy : ask.AgreeBy;

    private List<Ask> Take(Func<Ask, TimeSpan, bool> which)
    {
        List<Ask> taken = [];
        if (_waiting.Count > 0)
        {
            _waiting.RemoveAll(item =>
            {
                bool isTaken = which(item.Ask, item.TryAt);
                if (isTaken)
                {
                    taken.Add(item.Ask);
                }

                return isTaken;
            });
        }

        return taken;
    }
}
