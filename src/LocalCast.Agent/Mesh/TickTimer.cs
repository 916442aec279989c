namespace LocalCast.Agent.Mesh;

/// <summary>Tells when to tick: as soon as it is due, but not more often than every 50 ms, however much there is to do: what comes together is told together. Has a lock of its own, which nobody holds for long.</summary>
internal sealed class TickTimer(TimeProvider timeProvider, Action tick)
{
    private static readonly TimeSpan _leastPause = TimeSpan.FromMilliseconds(50);

    private readonly ITimer _timer = timeProvider.CreateTimer(static tick => ((Action)tick!)(), tick, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    private readonly Lock _lock = new();
    private TimeSpan _last = -_leastPause;
    private TimeSpan _next = TimeSpan.MaxValue;
    private bool _isRunning;

    /// <summary>From now on it ticks.</summary>
    public void Start()
    {
        lock (_lock)
        {
            _isRunning = true;
        }
    }

    /// <summary>It ticks no more.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _isRunning = false;
        }
    }

    /// <summary>A tick is there; another has to be asked for.</summary>
    public void Came()
    {
        lock (_lock)
        {
            _next = TimeSpan.MaxValue;
        }
    }

    /// <summary>A tick begins.</summary>
    public void Began(TimeSpan now)
    {
        lock (_lock)
        {
            _last = now;
        }
    }

    /// <summary>Asks for a tick. Does nothing when one comes early enough anyway.</summary>
    public void Ask(TimeSpan due, TimeSpan now)
    {
        lock (_lock)
        {
            TimeSpan earliest = _last + _leastPause;
            due = due > earliest ? due : earliest;
            if (!_isRunning || due >= _next)
            {
                return;
            }

            _next = due;

            // Rounded up: a tick that comes too early has to be repeated.
            TimeSpan left = due - now;
            _timer.Change(left > TimeSpan.Zero ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Completes when the last tick is over. Not under a lock that a tick takes.</summary>
    public ValueTask EndAsync() => _timer.DisposeAsync();
}
