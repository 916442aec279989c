namespace LocalCast.Protocol;

/// <summary>Growing pauses between attempts. Passive; the jitter comes in as a number from 0 to 1.</summary>
public sealed class Backoff(TimeSpan first, TimeSpan most)
{
    private readonly TimeSpan _first = first;
    private TimeSpan _next = first;

    /// <summary>How long to wait before the next attempt: doubling, and up to a fifth shorter so that many do not come at once.</summary>
    public TimeSpan Next(double random)
    {
        TimeSpan pause = _next;
        _next = _next * 2 < most ? _next * 2 : most;
        return pause * (1 - (random / 5));
    }

    /// <summary>An attempt succeeded.</summary>
    public void Reset() => _next = _first;
}
