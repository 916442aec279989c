using LocalCast.Protocol;
using LocalCast.Transports.Internal;

namespace LocalCast.Transports;

/// <summary>Connects to the named pipe of an agent of the same user.</summary>
public sealed class PipeConnector(string pipeName, TimeProvider timeProvider) : IByteConnector
{
    /// <summary>How long an agent that is busy accepting others is waited for in one attempt.</summary>
    private static readonly TimeSpan _busyLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan _busyPause = TimeSpan.FromMilliseconds(5);

    /// <inheritdoc/>
    public string Address { get; } = OperatingSystem.IsWindows() ? @"\\.\pipe\" + pipeName : PipeAddress.ToUnixPath(pipeName);

    /// <inheritdoc/>
    public async ValueTask<IByteConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            return await WindowsPipeConnection.ConnectAsync(pipeName, Address, cancellationToken).ConfigureAwait(false);
        }

        long start = timeProvider.GetTimestamp();
        while (true)
        {
            if (UnixPipeConnection.TryConnect(Address) is { } connection)
            {
                return connection;
            }

            if (timeProvider.GetElapsedTime(start) > _busyLimit)
            {
                throw new LocalCastException(LocalCastError.Busy, $"the agent at {Address} does not accept connections: too many wait already");
            }

            await Task.Delay(_busyPause, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
