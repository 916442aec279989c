using System.Collections.Concurrent;
using LocalCast.Transports;

namespace LocalCast.Testing;

/// <summary>A listener whose agent can die as a killed process does: all connections break at once and nobody says goodbye.</summary>
public sealed class KillableListener(IByteListener inner) : IByteListener
{
    private readonly ConcurrentQueue<IByteConnection> _accepted = new();

    public string Address => inner.Address;

    public async ValueTask<IByteConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        IByteConnection? connection = await inner.AcceptAsync(cancellationToken);
        if (connection is not null)
        {
            _accepted.Enqueue(connection);
        }

        return connection;
    }

    public async Task KillAsync()
    {
        await inner.DisposeAsync();
        foreach (IByteConnection connection in _accepted)
        {
            connection.Abort();
        }
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
