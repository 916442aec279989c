namespace LocalCast.Protocol;

/// <summary>What to do about a participant whose outward queue does not empty.</summary>
public enum SlowReaderAction
{
    /// <summary>It keeps up.</summary>
    None,

    /// <summary>It is behind: take nothing more from it until it has read. </summary>
    Slow,

    /// <summary>It is behind for too long: tell it, once.</summary>
    Tell,

    /// <summary>It was told and still does not read: drop it.</summary>
    Drop,
}

/// <summary>Judges a participant that does not read: slowed first, then told, then dropped. Passive.</summary>
public sealed class SlowReader(TimeSpan tellAfter, TimeSpan dropAfter)
{
    private TimeSpan? _behindSince;
    private bool _told;

    /// <summary>Whether it is behind now.</summary>
    public bool IsBehind => _behindSince is not null;

    /// <summary>Time passed, or the queue changed.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isCongested">Whether more is queued than it has taken lately.</param>
    /// <param name="isFull">Whether something had to be refused or lost because the queue is full.</param>
    public SlowReaderAction Judge(TimeSpan now, bool isCongested, bool isFull)
    {
        if (!isCongested)
        {
            _behindSince = null;
            _told = false;
            return SlowReaderAction.None;
        }

        _behindSince ??= now;
        TimeSpan behind = now - _behindSince.Value;
        if (!_told && (isFull || behind >= tellAfter || behind >= dropAfter))
        {
            // Also when all the time passed at once, because the machine slept: nobody is dropped untold.
            _told = true;
            return SlowReaderAction.Tell;
        }

        return behind >= dropAfter ? SlowReaderAction.Drop : SlowReaderAction.Slow;
    }
}
