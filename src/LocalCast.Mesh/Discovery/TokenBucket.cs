namespace LocalCast.Mesh;

/// <summary>So many per second on average, and so many at once. Passive.</summary>
internal sealed class TokenBucket(double perSecond, double burst, double first)
{
    private double _tokens = first;
    private TimeSpan _last;
    private bool _started;

    /// <summary>Takes some, when there are so many.</summary>
    public bool TryTake(TimeSpan now, int count = 1)
    {
        _tokens = _started ? Math.Min(burst, _tokens + ((now - _last).TotalSeconds * perSecond)) : _tokens;
        _last = now;
        _started = true;
        if (_tokens < Math.Min(count, burst))
        {
            return false;
        }

        // What is larger than the bucket is let through when it is full, and paid for afterwards.
        _tokens -= count;
        return true;
    }
}
