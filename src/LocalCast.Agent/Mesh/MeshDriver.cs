using LocalCast.Mesh;

namespace LocalCast.Agent.Mesh;

/// <summary>
/// Runs a <see cref="MeshMachine"/>: one lock around it, and one thread at a time that does what it wants, in its order and outside the lock. Hot path.
/// </summary>
/// <remarks>
/// What is done may lead to the next input, on the same thread, further down the stack. That one is only taken in; its effects are done by the loop further up.
/// So neither the order of effects nor the depth of the stack depends on who calls whom.
/// </remarks>
internal sealed class MeshDriver
{
    /// <summary>How many effects one thread does on end. It may be a participant's own that only meant to send something: others go on with the rest.</summary>
    private const int MostOnEnd = 256;

    private readonly MeshMachine _machine;
    private readonly TimeProvider _timeProvider;
    private readonly long _start;
    private readonly Lock _lock = new();
    private readonly TickTimer _timer;
    private volatile bool _isHurried;
    private bool _isPerforming;
    private bool _isTicking;

    /// <summary>Nothing happens before <see cref="Start"/>.</summary>
    public MeshDriver(MeshMachine machine, TimeProvider timeProvider)
    {
        (_machine, _timeProvider, _start) = (machine, timeProvider, timeProvider.GetTimestamp());
        _timer = new TickTimer(timeProvider, Tick);
    }

    /// <summary>Does one thing that the machine wants. Must not wait.</summary>
    public Action<MeshEffect> Perform { get; set; } = _ => { };

    /// <summary>Called when all that the machine wanted is done: what was collected on the way is sent now.</summary>
    public Action Done { get; set; } = () => { };

    /// <summary>Called before time is told to the machine.</summary>
    public Action Ticking { get; set; } = () => { };

    /// <summary>Told what was thrown where nothing should be: the next effect, or the next tick, is another matter.</summary>
    public Action<Exception> Failed { get; set; } = _ => { };

    private TimeSpan Elapsed => _timeProvider.GetElapsedTime(_start);

    private MeshTime Now => new(Elapsed, _timeProvider.GetUtcNow());

    public void Start()
    {
        lock (_lock)
        {
            _timer.Start();
            Arm_NeedsLock();
        }
    }

    /// <summary>No more ticks. Completes when the last one is over.</summary>
    public ValueTask StopAsync()
    {
        lock (_lock)
        {
            _timer.Stop();
        }

        return _timer.EndAsync();
    }

    /// <summary>Asks for a tick soon: there is something for <see cref="Ticking"/>. Cheap, and callable from anywhere, also under locks: it does not wait for the machine.</summary>
    public void TickSoon()
    {
        _isHurried = true; // for a tick that is under way: it sees to the next
        _timer.Ask(TimeSpan.Zero, Elapsed);
    }

    /// <summary>Tells the machine something, and does what it wants.</summary>
    public void Do<T>(T what, Action<MeshMachine, T, MeshTime> tell)
    {
        Tell(what, tell);
        Settle();
    }

    /// <summary>Tells the machine something. <see cref="Settle"/> must follow: things that come together are settled once.</summary>
    public void Tell<T>(T what, Action<MeshMachine, T, MeshTime> tell)
    {
        lock (_lock)
        {
            tell(_machine, what, Now);
        }
    }

    /// <summary>The same, and looks at the machine as it is then.</summary>
    public bool TellAndSee<T>(T what, Action<MeshMachine, T, MeshTime> tell, Predicate<MeshMachine> see)
    {
        lock (_lock)
        {
            tell(_machine, what, Now);
            return see(_machine);
        }
    }

    /// <summary>Does what the machine wants, unless another thread is at it, or this one further up: then that one goes on with it.</summary>
    public void Settle()
    {
        lock (_lock)
        {
            if (_isPerforming)
            {
                Arm_NeedsLock(); // that one may be at it for long
                return;
            }

            _isPerforming = true;
        }

        PerformAll();
    }

    /// <summary>Asks the machine something that changes nothing.</summary>
    public TResult Ask<T, TResult>(T what, Func<MeshMachine, T, MeshTime, TResult> ask)
    {
        lock (_lock)
        {
            return ask(_machine, what, Now);
        }
    }

    /// <summary>Has the machine do something with an answer, such as giving out a message to send; what it wants besides is done later.</summary>
    public bool TryTake(long link, out Protocol.Envelope? message)
    {
        lock (_lock)
        {
            return _machine.TryTake(link, out message);
        }
    }

    private void Tick()
    {
        lock (_lock)
        {
            _timer.Came();
            if (_isTicking)
            {
                return; // the last one takes longer than it should, and sees to the next
            }

            (_isTicking, _isHurried) = (true, false);
            _timer.Began(Elapsed);
        }

        try
        {
            Attempt(Ticking);
            Do(0, static (machine, _, now) => machine.Tick(now));
        }
        catch (Exception e)
        {
            Failed(e); // a timer must not throw
        }
        finally
        {
            lock (_lock)
            {
                _isTicking = false;
                Arm_NeedsLock();
            }
        }
    }

    /// <summary>Sees to it that the machine is told the time when it wants to be. At rest that is seldom.</summary>
    private void Arm_NeedsLock() => _timer.Ask(_isHurried ? TimeSpan.Zero : _machine.NextDue, Elapsed);

    private void Attempt(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            Failed(e);
        }
    }

    private void Attempt(MeshEffect effect)
    {
        try
        {
            Perform(effect);
        }
        catch (Exception e)
        {
            Failed(e);
        }
    }

    private void PerformAll()
    {
        bool isDone = false;
        for (int performed = 0; ; performed++)
        {
            if (performed == MostOnEnd)
            {
                Attempt(Done);
                lock (_lock)
                {
                    Arm_NeedsLock();
                }

                ThreadPool.UnsafeQueueUserWorkItem(static driver => driver.PerformAll(), this, preferLocal: false);
                return;
            }

            MeshEffect? effect;
            lock (_lock)
            {
                if (!_machine.TryTakeEffect(out effect) && isDone)
                {
                    _isPerforming = false;
                    Arm_NeedsLock();
                    return;
                }
            }

            if (effect is null)
            {
                Attempt(Done); // it may lead to more
                isDone = true;
            }
            else
            {
                Attempt(effect);
                isDone = false;
            }
        }
    }
}
