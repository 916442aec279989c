namespace LocalCast.Hosting;

/// <summary>Gives services the node of their host. A singleton, there before the node is; with several nodes, one per name as a keyed service.</summary>
public sealed class LocalNodeAccessor
{
    private readonly TaskCompletionSource<LocalNode> _node = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal LocalNodeAccessor()
    {
        // Made by the services.
    }

    /// <summary>The node.</summary>
    /// <exception cref="InvalidOperationException">It has not joined: the host has not started yet, or could not.</exception>
    public LocalNode Node => _node.Task.IsCompletedSuccessfully
        ? _node.Task.Result
        : throw new InvalidOperationException("The node joins when the host starts; await GetAsync to wait for it.");

    /// <summary>Waits until the node has joined.</summary>
    /// <exception cref="Protocol.LocalCastException">It could not.</exception>
    public Task<LocalNode> GetAsync(CancellationToken cancellationToken = default) => _node.Task.WaitAsync(cancellationToken);

    internal void Joined(LocalNode node) => _node.TrySetResult(node);

    internal void Failed(Exception failure)
    {
        _node.TrySetException(failure);
        _ = _node.Task.Exception; // seen: the host reports it, whether anybody waits here or not
    }
}
