namespace LocalCast.Mesh;

/// <summary>So many per second on average, and so many at once. Passive.</summary>
internal sealed class TokenBucket(double perSecond, double burst, double first)
{
    private double _tokens = first;
    private TimeSpan _last;
    private bool _started;

    public bool TryTake(TimeSpan now)
    {
        _tokens = _started ? Math.Min(burst, _tokens + ((now - _last).TotalSeconds * perSecond)) : _tokens;
        _last = now;
        _started = true;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
