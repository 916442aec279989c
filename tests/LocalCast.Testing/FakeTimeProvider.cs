namespace LocalCast.Testing;

/// <summary>A clock that only <see cref="Advance"/> moves. A timer fires at its own moment, on the thread that advances.</summary>
public sealed class FakeTimeProvider : TimeProvider
{
    private static readonly DateTimeOffset _epoch = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => _epoch + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves time on, from one timer to the next.</summary>
    public void Advance(TimeSpan by)
    {
        long target = GetTimestamp() + by.Ticks;
        Inline.Run(() =>
        {
            while (TakeDue(target) is { } fire)
            {
                fire();
            }
        });
        Volatile.Write(ref _now, target);
    }

    private Action? TakeDue(long target)
    {
        lock (_lock)
        {
            if (_timers.MinBy(timer => timer.Due) is not { } next || next.Due > target)
            {
                return null;
            }

            Volatile.Write(ref _now, Math.Max(_now, next.Due));
            next.Due += next.Period;
            if (next.Period <= 0)
            {
                _timers.Remove(next);
            }

            return next.Fire;
        }
    }

    private sealed class FakeTimer(FakeTimeProvider time, Action fire) : ITimer
    {
        public Action Fire { get; } = fire;

        public long Due { get; set; }

        public long Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                time._timers.Remove(this);
                (Due, Period) = (time._now + dueTime.Ticks, period.Ticks);
                if (dueTime >= TimeSpan.Zero)
                {
                    time._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
