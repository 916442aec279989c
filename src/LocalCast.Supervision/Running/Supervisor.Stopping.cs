using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <content>The end of everything.</content>
public sealed partial class Supervisor
{
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(5);

    /// <summary>Stops all nodes, dependents first.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="pending">Told about twice a second what it still waits for.</param>
    public async Task StopAsync(string reason, Action<IReadOnlyList<PendingStop>>? pending)
    {
        TimeSpan limit = StopPlan.For(Graph, _views.Keys).WorstCaseExtended + _grace;
        _loop.Post((machine, now) => machine.StopAll(reason, now));
        using var overdue = new CancellationTokenSource(limit, _parts.TimeProvider);
        Task<bool> down = WaitUntilDownAsync(overdue.Token);
        while (await Task.WhenAny(down, Task.Delay(TimeSpan.FromMilliseconds(500), _parts.TimeProvider, CancellationToken.None)).ConfigureAwait(false) != down)
        {
            IReadOnlyList<PendingStop> waiting = await _loop.AskAsync((machine, _) => machine.StopsPending).ConfigureAwait(false);
            pending?.Invoke(waiting);
        }

        if (!await down.ConfigureAwait(false))
        {
            SupervisorLog.StopGivenUp(_parts.Logger, string.Join(", ", Views.Values.Where(view => view.Pid is not null).Select(view => $"{view.Manifest.Name} ({view.State})")));
        }
    }

    private async Task<bool> WaitUntilDownAsync(CancellationToken overdue)
    {
        try
        {
            var isDown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _loop.TurnEnded += machine =>
            {
                if (machine.IsAllDown)
                {
                    isDown.TrySetResult();
                }
            };
            _loop.Post((_, _) => { }); // it may be so already
            await isDown.Task.WaitAsync(overdue).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // what could not be killed ends with the agent where the system sees to it
        }
    }
}
