namespace LocalCast.Supervision.Internal;

/// <summary>When a node failed of late. Holds no more than are needed to call it a crash loop.</summary>
internal sealed class FailureWindow
{
    private readonly Queue<TimeSpan> _times = new();

    /// <summary>Adds a failure.</summary>
    /// <returns>Whether there were too many within the length of time.</returns>
    internal bool Add(TimeSpan now, int limit, TimeSpan length)
    {
        _times.Enqueue(now);
        while (_times.Count > limit || now - _times.Peek() > length)
        {
            _times.Dequeue();
        }

        return _times.Count == limit;
    }

    internal void Clear() => _times.Clear();
}
