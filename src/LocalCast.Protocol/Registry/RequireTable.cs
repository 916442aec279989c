namespace LocalCast.Protocol;

/// <summary>Who waits until which nodes are ready, and how long. Passive; the owner locks.</summary>
public sealed class RequireTable<T>
{
    private readonly List<Waiting> _waiting = [];

    /// <summary>Requirements that wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>The earliest deadline.</summary>
    public TimeSpan NextDeadline => _waiting.Count == 0 ? TimeSpan.MaxValue : _waiting.Min(w => w.Deadline);

    /// <summary>How many requirements of one requester wait.</summary>
    public int CountOf(Func<T, bool> isRequester) => _waiting.Count(w => isRequester(w.Requester));

    /// <summary>Waits for nodes.</summary>
    public Waiting Add(T requester, IReadOnlyList<string> names, TimeSpan deadline)
    {
        var waiting = new Waiting(requester, names, deadline);
        _waiting.Add(waiting);
        return waiting;
    }

    /// <summary>Takes out one requirement.</summary>
    /// <returns>Whether it still waited.</returns>
    public bool TryTake(Waiting waiting) => _waiting.RemoveAll(w => ReferenceEquals(w, waiting)) > 0;

    /// <summary>A node will not come: takes out what waits for it.</summary>
    public IReadOnlyList<Waiting> TakeNaming(string name) => Take(w => w.Names.Contains(name));

    /// <summary>A node became ready: takes out what is now complete.</summary>
    public IReadOnlyList<Waiting> TakeComplete(string readyName, Func<string, bool> isReady) =>
        Take(w => w.Names.Contains(readyName) && w.Names.All(isReady));

    /// <summary>Takes out what is complete, whatever became ready.</summary>
    public IReadOnlyList<Waiting> TakeComplete(Func<string, bool> isReady) => Take(w => w.Names.All(isReady));

    /// <summary>Takes out what waited too long.</summary>
    public IReadOnlyList<Waiting> TakeExpired(TimeSpan now) => now < NextDeadline ? [] : Take(w => w.Deadline <= now);

    /// <summary>Forgets what a requester that left was waiting for.</summary>
    public void Remove(Func<T, bool> isGone) => _waiting.RemoveAll(w => isGone(w.Requester));

    private List<Waiting> Take(Func<Waiting, bool> which)
    {
        List<Waiting> taken = [];
        _waiting.RemoveAll(w =>
        {
            bool isTaken = which(w);
            if (isTaken)
            {
                taken.Add(w);
            }

            return isTaken;
        });
        return taken;
    }

    /// <summary>One requirement.</summary>
    public sealed record Waiting(T Requester, IReadOnlyList<string> Names, TimeSpan Deadline);
}
