using System.Threading.Tasks.Sources;

namespace LocalCast.Internal;

/// <summary>A bounded queue with one reader that takes whole batches: a lock per batch on its side, none while it works through one. Hot path.</summary>
internal sealed class BatchQueue<T>(int capacity) : IValueTaskSource<bool>
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private List<T> _filling = [];
    private List<T> _reading = [];
    private int _next;
    private bool _isWaiting;
    private bool _isCompleted;
    private Exception? _failure;
    private long _missed;

    /// <summary>Whether it is full.</summary>
    public bool IsFull => _filling.Count >= capacity;

    /// <summary>Whether at least half of the room is free.</summary>
    public bool HasCaughtUp => _filling.Count <= capacity / 2;

    /// <summary>How many did not fit since the last that did.</summary>
    public long TakeMissed() => Interlocked.Exchange(ref _missed, 0);

    public void Miss() => Interlocked.Increment(ref _missed);

    public bool TryAdd(T item)
    {
        lock (_lock)
        {
            if (_isCompleted || _filling.Count >= capacity)
            {
                return false;
            }

            _filling.Add(item);
            if (!_isWaiting)
            {
                return true;
            }

            _isWaiting = false;
        }

        _core.SetResult(true);
        return true;
    }

    public void Complete(Exception? failure = null)
    {
        bool wake;
        lock (_lock)
        {
            _isCompleted = true;
            _failure ??= failure;
            wake = _isWaiting;
            _isWaiting = false;
        }

        if (wake)
        {
            _core.SetResult(false);
        }
    }

    /// <summary>Takes the next item, if one is there.</summary>
    public bool TryTake(out T item)
    {
        if (_next >= _reading.Count && !TrySwap())
        {
            item = default!;
            return false;
        }

        item = _reading[_next];
        _reading[_next++] = default!;
        return true;
    }

    /// <summary>Waits until there is something, or nothing will come.</summary>
    /// <returns>Whether it is worth to try and take.</returns>
    public ValueTask<bool> WaitAsync()
    {
        lock (_lock)
        {
            if (_filling.Count > 0)
            {
                return ValueTask.FromResult(true);
            }

            if (_isCompleted)
            {
                return _failure is null ? ValueTask.FromResult(false) : ValueTask.FromException<bool>(_failure);
            }

            _core.Reset();
            _isWaiting = true;
            return new ValueTask<bool>(this, _core.Version);
        }
    }

    bool IValueTaskSource<bool>.GetResult(short token)
    {
        bool more = _core.GetResult(token);
        return more || _failure is null ? more : throw _failure;
    }

    ValueTaskSourceStatus IValueTaskSource<bool>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<bool>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private bool TrySwap()
    {
        _reading.Clear();
        _next = 0;
        lock (_lock)
        {
            (_filling, _reading) = (_reading, _filling);
        }

        return _reading.Count > 0;
    }
}
