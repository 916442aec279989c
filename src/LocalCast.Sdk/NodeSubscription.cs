using System.Runtime.CompilerServices;
using LocalCast.Internal;
using LocalCast.Protocol;

namespace LocalCast;

/// <summary>A subscription that is open. One reader at a time.</summary>
/// <typeparam name="T">What the messages are read as.</typeparam>
public sealed class NodeSubscription<T> : IAsyncDisposable
{
    private readonly NodeCore _core;
    private readonly Subscription<T> _subscription;

    internal NodeSubscription(NodeCore core, Subscription<T> subscription) => (_core, _subscription) = (core, subscription);

    /// <summary>What it subscribes to.</summary>
    public string Pattern => _subscription.Pattern;

    /// <summary>The messages as they come; ends when the node leaves.</summary>
    /// <param name="cancellationToken">Ends the subscription: what comes later is not kept for another reader.</param>
    public async IAsyncEnumerable<TopicMessage<T>> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((Subscription<T>)state!).Queue.Complete(new OperationCanceledException(token)), _subscription);
        do
        {
            while (_subscription.Queue.TryTake(out TopicMessage<T> message))
            {
                yield return message;
            }
        }
        while (await _subscription.Queue.WaitAsync().ConfigureAwait(false));
    }

    /// <summary>Unsubscribes.</summary>
    public async ValueTask DisposeAsync()
    {
        _core.Topics.Remove(_subscription);
        _subscription.Queue.Complete();
        if (_core.Session is not { Ended: null } session || _core.State is NodeState.Draining or NodeState.Left)
        {
            return;
        }

        try
        {
            await _core.TopicSync.SyncAsync(session, Pattern, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LocalCastException or ObjectDisposedException)
        {
            // The connection has gone, and the subscription with it.
        }
    }
}
