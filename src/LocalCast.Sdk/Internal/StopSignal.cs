using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Carries the agent's wish that the node end to whoever listens for it. The first wish counts.</summary>
#pragma warning disable CA1001 // the source has no timer and no linked token, and its token has to be good after the node has left
internal sealed class StopSignal(string name)
#pragma warning restore CA1001
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource<StopRequest> _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isHeard;
    private int _wishes;

    /// <summary>Whether anybody has taken the token or the task. Who has is expected to act on it.</summary>
    public bool IsHeard => _isHeard;

    public CancellationToken Token
    {
        get
        {
            _isHeard = true;
            return _stopping.Token;
        }
    }

    public Task<StopRequest> Asked
    {
        get
        {
            _isHeard = true;
            return _asked.Task;
        }
    }

    /// <summary>Whether this wish is the first. Settled before it is acknowledged: notices are worked off beside each other, and the second must not overtake.</summary>
    public bool IsFirstWish() => Interlocked.Increment(ref _wishes) == 1;

    public void Ask(StopRequest request)
    {
        if (_asked.TrySetResult(request))
        {
            _ = _stopping.CancelAsync(); // on the pool: what the token sets off is the program's code
        }
    }

    /// <summary>The node leaves of itself, or was refused for good: nobody waits for a wish any more.</summary>
    public void Left(ErrorInfo? reason)
    {
        if (_asked.TrySetException(new LocalCastException(reason ?? new ErrorInfo(LocalCastError.Disconnected, $"'{name}' has left"))))
        {
            _ = _asked.Task.Exception; // seen, whether anybody waits or not
            _ = _stopping.CancelAsync();
        }
    }
}
