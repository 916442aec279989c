namespace LocalCast.Protocol;

/// <summary>Frames per second of one session, as a bucket of one second's worth; 0 is unlimited. Passive: it says how long to wait before reading on.</summary>
public sealed class FrameRate(int framesPerSecond)
{
    private double _tokens = framesPerSecond;
    private TimeSpan _last;

    /// <summary>Frames were read.</summary>
    /// <returns>How long to read nothing, so that the rate is kept. Nothing is lost: the sender is slowed by its own full socket.</returns>
    public TimeSpan Take(int frames, TimeSpan now)
    {
        if (framesPerSecond <= 0)
        {
            return TimeSpan.Zero;
        }

        _tokens = Math.Min(framesPerSecond, _tokens + ((now - _last).TotalSeconds * framesPerSecond)) - frames;
        _last = now;
        return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / framesPerSecond);
    }
}
