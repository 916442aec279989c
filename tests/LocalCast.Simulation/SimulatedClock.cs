namespace LocalCast.Simulation;

/// <summary>Virtual time: whatever is to happen, in order. Two things at one moment happen in the order in which they were planned.</summary>
internal sealed class SimulatedClock
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _plan = new();
    private long _lastOrder;

    public TimeSpan Now { get; private set; }

    public long Steps { get; private set; }

    public void After(TimeSpan pause, Action what) => At(Now + pause, what);

    public void At(TimeSpan when, Action what) => _plan.Enqueue(what, (when < Now ? Now : when, ++_lastOrder));

    public void RunUntil(TimeSpan end)
    {
        while (_plan.TryPeek(out _, out (TimeSpan At, long Order) next) && next.At <= end)
        {
            Now = next.At;
            Steps++;
            _plan.Dequeue()();
        }

        Now = end;
    }

    /// <summary>Runs until something is so.</summary>
    /// <returns>How long that took, or <see langword="null"/> when it is not so in time.</returns>
    public TimeSpan? RunUntil(Func<bool> isSo, TimeSpan within, TimeSpan? lookEvery = null)
    {
        TimeSpan begin = Now;
        while (Now - begin < within)
        {
            RunUntil(Now + (lookEvery ?? TimeSpan.FromMilliseconds(50)));
            if (isSo())
            {
                return Now - begin;
            }
        }

        return null;
    }
}
