using LocalCast.Protocol;
using LocalCast.Transports.Kestrel.Internal;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace LocalCast.Transports.Kestrel;

/// <summary>Listens on a named pipe for programs of the same user.</summary>
/// <remarks>
/// On Unix the pipe is a socket at the path where .NET looks for it. It is owner-only before anyone can connect, a name that a live agent
/// holds is refused, and what a dead agent left behind is taken over. On Windows it is a named pipe with the current user's rights.
/// </remarks>
public sealed class PipeListener : IByteListener
{
    private readonly IConnectionListener _listener;
    private readonly PipeNameLock? _nameLock;
    private readonly ILogger _logger;

    private PipeListener(string address, IConnectionListener listener, PipeNameLock? nameLock, ILogger logger) =>
        (Address, _listener, _nameLock, _logger) = (address, listener, nameLock, logger);

    /// <inheritdoc/>
    public string Address { get; }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="LocalCastException">
    /// <see cref="LocalCastError.DuplicateName"/> when a live agent holds the name, <see cref="LocalCastError.Forbidden"/> when another user does.
    /// </exception>
    public static async Task<PipeListener> ListenAsync(string pipeName, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        ILogger logger = loggerFactory.CreateLogger<PipeListener>();
        if (OperatingSystem.IsWindows())
        {
            string address = @"\\.\pipe\" + pipeName;
            IConnectionListener pipe = await WindowsPipes.BindAsync(pipeName, loggerFactory, cancellationToken).ConfigureAwait(false);
            return new PipeListener(address, pipe, nameLock: null, logger);
        }

        string path = PipeAddress.ToUnixPath(pipeName);
        PipeNameLock nameLock = PipeNameLock.Take(path);
        try
        {
            IConnectionListener socket = await UnixSockets.BindAsync(path, loggerFactory, cancellationToken).ConfigureAwait(false);
            return new PipeListener(path, socket, nameLock, logger);
        }
        catch
        {
            nameLock.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IByteConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await _listener.AcceptAsync(cancellationToken).ConfigureAwait(false) is { } context)
        {
            if (await TryAdmitAsync(context).ConfigureAwait(false) is { } connection)
            {
                return connection;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync().ConfigureAwait(false);
        if (!OperatingSystem.IsWindows() && _nameLock is not null)
        {
            File.Delete(Address); // while the lock is still ours, so that a successor's file is never the one that goes
            _nameLock.Dispose();
        }
    }

    private async ValueTask<IByteConnection?> TryAdmitAsync(ConnectionContext context)
    {
        try
        {
            return KestrelConnection.Admit(context);
        }
        catch (Exception e) when (e is LocalCastException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            PipeLog.Refused(_logger, Address, e.Message);
            await context.DisposeAsync().ConfigureAwait(false);
            return null;
        }
    }
}
