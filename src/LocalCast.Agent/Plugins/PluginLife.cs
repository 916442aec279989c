using LocalCast.Protocol;

namespace LocalCast.Agent.Plugins;

/// <summary>Takes one plugin through its life, in the order that <see cref="INodePlugin"/> promises. Its code never runs on a thread of ours that others need.</summary>
internal sealed class PluginLife(INodePlugin plugin, NodePluginContext context)
{
    private static readonly TimeSpan _usualTimeToStop = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _lastMoment = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider _time = context.Node.TimeProvider;
    private LocalNode? _node;
    private bool _hangs;

    /// <summary>Runs it until it is asked to end, in band or by the token.</summary>
    /// <returns>What went wrong, or <see langword="null"/> after an end in order.</returns>
    public async Task<string?> RunAsync(CancellationToken stop)
    {
        string? failure = await LiveAsync(stop).ConfigureAwait(false);
        if (_hangs)
        {
            return failure; // it still runs: nothing may be taken from under it
        }

        string? disposal = await TryAsync("its disposal", DisposePluginAsync).ConfigureAwait(false);
        return failure ?? disposal;
    }

    /// <summary>Takes the node away from a plugin that does not end.</summary>
    public async Task AbandonAsync()
    {
        context.Node.DrainTimeout = TimeSpan.Zero;
        if (_node is { } node)
        {
            await node.DisposeAsync().ConfigureAwait(false);
        }
    }

    private ValueTask DisposePluginAsync()
    {
        if (plugin is IAsyncDisposable disposable)
        {
            return disposable.DisposeAsync();
        }

        (plugin as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string?> LiveAsync(CancellationToken stop)
    {
        try
        {
            string? failure = await TryAsync("ConfigureAsync", () => plugin.ConfigureAsync(context, stop)).ConfigureAwait(false);
            if (failure is not null || stop.IsCancellationRequested)
            {
                return stop.IsCancellationRequested ? null : failure;
            }

            LocalNode node = await LocalNode.JoinAsync(context.Name, context.Node.StartsNotReady(), stop).ConfigureAwait(false);
            await using (node.ConfigureAwait(false))
            {
                _node = node;
                return await ServeAsync(node, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is LocalCastException or ArgumentException)
        {
            return PluginFailures.OneLine($"'{context.Name}' could not join: {e.Message}"); // an ArgumentException is about the options that the plugin set
        }
    }

    private async Task<string?> ServeAsync(LocalNode node, CancellationToken stop)
    {
        Task<StopRequest> asked = node.WhenAskedToStopAsync(CancellationToken.None);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop, node.Stopping);
        if (await TryAsync("StartAsync", () => plugin.StartAsync(node, ending.Token)).ConfigureAwait(false) is { } failure)
        {
            return ending.IsCancellationRequested ? await WhyLeftAsync(asked).ConfigureAwait(false) : failure;
        }

        try
        {
            await node.ReadyAsync(ending.Token).ConfigureAwait(false);
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // This is how serving ends.
        }

        string? refusal = await WhyLeftAsync(asked).ConfigureAwait(false); // before leaving: that ends the waiting, too
        StopRequest? request = asked.IsCompletedSuccessfully ? await asked.ConfigureAwait(false) : null;
        return await StopAsync(node, request).ConfigureAwait(false) ?? refusal;
    }

    private async Task<string?> StopAsync(LocalNode node, StopRequest? request)
    {
        long start = _time.GetTimestamp();
        TimeSpan TimeLeft() => request?.TimeLeft ?? _usualTimeToStop - _time.GetElapsedTime(start);

        TimeSpan half = TimeLeft() / 2; // for the calls that run; the rest is the plugin's
        context.Node.DrainTimeout = context.Node.DrainTimeout < half ? context.Node.DrainTimeout : half;
        await node.DrainAsync().ConfigureAwait(false);
        context.Node.DrainTimeout = TimeSpan.Zero; // it has been waited for

        using var over = new CancellationTokenSource();
        Task<string?> stopping = TryAsync("StopAsync", () => plugin.StopAsync(over.Token));
        while (!stopping.IsCompleted && TimeLeft() is var left && left > TimeSpan.Zero)
        {
            await Task.WhenAny(stopping, Task.Delay(left, _time)).ConfigureAwait(false);
        }

        if (!stopping.IsCompleted)
        {
            Task cancelling = over.CancelAsync();
            await Task.WhenAny(Task.WhenAll(cancelling, stopping), Task.Delay(_lastMoment, _time)).ConfigureAwait(false);
        }

        _hangs = !stopping.IsCompleted;
        return _hangs ? "StopAsync did not end in time; it was given up" : await stopping.ConfigureAwait(false);
    }

    /// <summary>The reason, if the agent refused the node for good instead of asking it to end.</summary>
    private static async Task<string?> WhyLeftAsync(Task<StopRequest> asked)
    {
        if (!asked.IsFaulted)
        {
            return null;
        }

        try
        {
            await asked.ConfigureAwait(false);
            return null;
        }
        catch (LocalCastException e)
        {
            return e.Message;
        }
    }

    private static async Task<string?> TryAsync(string part, Func<ValueTask> run)
    {
        try
        {
            await Task.Run(async () => await run().ConfigureAwait(false)).ConfigureAwait(false);
            return null;
        }
        catch (Exception e)
        {
            return PluginFailures.Threw(part, e); // whatever a plugin throws is its own failure
        }
    }
}
