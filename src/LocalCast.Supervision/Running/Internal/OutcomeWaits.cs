using LocalCast.Protocol;

namespace LocalCast.Supervision.Internal;

/// <summary>Waits until nodes have come to where somebody wants them, or evidently will not. Used on the loop, except for <see cref="WaitAsync"/>.</summary>
internal sealed class OutcomeWaits
{
    private const int Most = 1024;

    private readonly List<Wait> _waits = [];
    private readonly Lock _lock = new();

    /// <summary>Waits until a verdict is reached.</summary>
    /// <param name="judge">Looks at the views after each turn: <see langword="null"/> to wait on, else what came of it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Settled> WaitAsync(Func<Settled?> judge, CancellationToken cancellationToken)
    {
        var wait = new Wait(judge);
        lock (_lock)
        {
            if (_waits.Count >= Most)
            {
                return new Settled(new ErrorInfo(LocalCastError.Busy, "too many operations wait for nodes already"));
            }

            _waits.Add(wait);
        }

        Review(); // it may be so already
        try
        {
            return await wait.Done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _waits.Remove(wait);
            }
        }
    }

    /// <summary>Something changed.</summary>
    public void Review()
    {
        List<Wait> waits;
        lock (_lock)
        {
            if (_waits.Count == 0)
            {
                return;
            }

            waits = [.. _waits];
        }

        foreach (Wait wait in waits)
        {
            if (wait.Judge() is { } verdict)
            {
                wait.Done.TrySetResult(verdict);
            }
        }
    }

    private sealed class Wait(Func<Settled?> judge)
    {
        public Func<Settled?> Judge { get; } = judge;

        public TaskCompletionSource<Settled> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What came of an operation.</summary>
/// <param name="Error">Why it did not come to what was wanted; <see langword="null"/> when it did.</param>
internal sealed record Settled(ErrorInfo? Error);
