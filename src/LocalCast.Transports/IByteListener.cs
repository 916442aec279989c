namespace LocalCast.Transports;

/// <summary>Accepts connections at one address.</summary>
/// <remarks>
/// The caller guarantees one <see cref="AcceptAsync"/> at a time. The listener guarantees that a client which connects and leaves,
/// or is not allowed, never ends accepting; that <see cref="IAsyncDisposable.DisposeAsync"/> ends a pending accept with
/// <see langword="null"/>; and that accepted connections live on after it.
/// </remarks>
public interface IByteListener : IAsyncDisposable
{
    /// <summary>Where it listens, for people.</summary>
    string Address { get; }

    /// <summary>Waits for the next connection.</summary>
    /// <returns><see langword="null"/> when the listener was disposed.</returns>
    ValueTask<IByteConnection?> AcceptAsync(CancellationToken cancellationToken);
}
