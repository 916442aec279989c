using System.Threading.Tasks.Sources;

namespace LocalCast.Internal;

/// <summary>A queue, bounded in items and in bytes, from one writer to one reader, both of which work in batches: a lock per batch on either side, none per item. Hot path.</summary>
internal sealed class BatchQueue<T>(int mostItems, int mostBytes) : IValueTaskSource<bool>
{
    private readonly Lock _lock = new();
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private List<T> _staged = []; // the writer's
    private List<T> _ready = []; // under the lock
    private List<T> _reading = []; // the reader's
    private int _next;
    private long _stagedBytes; // the writer's
    private long _readyBytes; // written under the lock
    private long _readingBytes; // written under the lock; until the reader comes for the next batch it may hold all of this one
    private bool _isWaiting;
    private bool _isCompleted;
    private Exception? _failure;
    private long _missed;

    /// <summary>Whether it is full. The writer asks.</summary>
    public bool IsFull => _staged.Count + _ready.Count >= mostItems || QueuedBytes >= mostBytes;

    /// <summary>Whether at least half of the room is free. The writer asks.</summary>
    public bool HasCaughtUp => _staged.Count + _ready.Count <= mostItems / 2 && QueuedBytes <= mostBytes / 2;

    private long QueuedBytes => _stagedBytes + Volatile.Read(ref _readyBytes) + Volatile.Read(ref _readingBytes);

    /// <summary>How many did not fit since the last that did.</summary>
    public long TakeMissed()
    {
        long missed = IsFull ? 0 : _missed;
        _missed -= missed;
        return missed;
    }

    public void Miss() => _missed++;

    /// <summary>Adds an item, which the reader sees with the next <see cref="Commit"/>.</summary>
    public bool TryAdd(T item, int bytes)
    {
        if (IsFull || _isCompleted)
        {
            return false;
        }

        _staged.Add(item);
        _stagedBytes += bytes;
        return true;
    }

    /// <summary>Shows the reader what was added.</summary>
    public void Commit()
    {
        lock (_lock)
        {
            if (_staged.Count == 0)
            {
                return;
            }

            Volatile.Write(ref _readyBytes, _readyBytes + _stagedBytes);
            _stagedBytes = 0;
            if (_ready.Count == 0)
            {
                (_ready, _staged) = (_staged, _ready);
            }
            else
            {
                _ready.AddRange(_staged);
                _staged.Clear();
            }

            if (!_isWaiting)
            {
                return;
            }

            _isWaiting = false;
        }

        _core.SetResult(true);
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

        item = _reading[_next++];
        return true;
    }

    /// <summary>Waits until there is something, or nothing will come.</summary>
    /// <returns>Whether it is worth to try and take.</returns>
    public ValueTask<bool> WaitAsync()
    {
        lock (_lock)
        {
            if (_ready.Count > 0)
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
            (_ready, _reading) = (_reading, _ready);
            Volatile.Write(ref _readingBytes, _readyBytes);
            Volatile.Write(ref _readyBytes, 0);
        }

        return _reading.Count > 0;
    }
}
