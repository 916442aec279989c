using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Tells the agent what the node subscribes to, one change at a time, so that what it knows last is what holds.</summary>
internal sealed class SubscriptionSync(NodeCore node) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Brings the agent's knowledge of one pattern in line with the node's; completes when the agent has confirmed it.</summary>
    public async Task SyncAsync(LinkSession session, string pattern, CancellationToken cancellationToken)
    {
        if (!await _gate.WaitAsync(node.Options.DefaultTimeout, cancellationToken).ConfigureAwait(false))
        {
            throw new LocalCastException(LocalCastError.Timeout, "other subscriptions of this node are still being settled");
        }

        try
        {
            bool isWanted = node.Topics.IsWanted(pattern);
            if (isWanted ? session.Announced.Add(pattern) : session.Announced.Remove(pattern))
            {
                await Questions.SubscribeAsync(session, pattern, isWanted, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>After a hello: settles what changed while it was under way.</summary>
    public async Task SyncAllAsync(LinkSession session, CancellationToken cancellationToken)
    {
        foreach (string pattern in node.Topics.Patterns.Union(session.Announced, StringComparer.Ordinal).ToArray())
        {
            await SyncAsync(session, pattern, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose() => _gate.Dispose();
}
