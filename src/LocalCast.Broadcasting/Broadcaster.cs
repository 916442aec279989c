using LocalCast.Broadcasting.Internal;
using LocalCast.Protocol;
using LocalCast.Transports;
using Microsoft.Extensions.Logging;

namespace LocalCast.Broadcasting;

/// <summary>The hub of one machine: accepts participants on any transport and routes between them.</summary>
public sealed partial class Broadcaster : IAsyncDisposable
{
    private readonly Hub _hub;
    private readonly ILogger _logger;
    private readonly List<IByteListener> _listeners = [];
    private readonly List<Task> _accepting = [];
    private readonly Lock _lock = new();
    private bool _isStopping;

    /// <summary>Creates a broadcaster that listens nowhere yet. With a keeper, that one is asked who may join, and is told who comes and goes.</summary>
    public Broadcaster(BroadcasterOptions options, TimeProvider timeProvider, ILoggerFactory loggerFactory, INodeKeeper? keeper = null)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _logger = loggerFactory.CreateLogger<Broadcaster>();
        _hub = new Hub(options, timeProvider, _logger, keeper);
    }

    /// <summary>What it counted.</summary>
    public BroadcasterCounters Counters => _hub.Counters;

    /// <summary>Everybody who is in now.</summary>
    public IReadOnlyList<NodeDescription> Participants => _hub.Membership.Describe();

    /// <summary>How much it remembers.</summary>
    internal HubCensus Census => _hub.Count();

    /// <summary>Accepts participants from a listener until it is stopped. The listener belongs to the broadcaster from now on.</summary>
    public void Listen(IByteListener listener)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            _listeners.Add(listener);
            _accepting.Add(AcceptAsync(listener));
        }
    }

    /// <summary>Stops: accepts nobody more, says goodbye to everybody with the reason, waits until that is sent or the time is over.</summary>
    public async Task StopAsync(string reason)
    {
        lock (_lock)
        {
            if (_isStopping)
            {
                return;
            }

            _isStopping = true;
        }

        foreach (IByteListener listener in _listeners)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(_accepting).ConfigureAwait(false);
        await _hub.Sessions.CloseAllAsync(new ErrorInfo(LocalCastError.Disconnected, reason)).ConfigureAwait(false);
        await _hub.Housekeeper.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync("the agent stops").ConfigureAwait(false);

    private async Task AcceptAsync(IByteListener listener)
    {
        while (true)
        {
            try
            {
                if (await listener.AcceptAsync(CancellationToken.None).ConfigureAwait(false) is not { } connection)
                {
                    return;
                }

                _hub.Sessions.Start(connection);
            }
            catch (Exception) when (Volatile.Read(ref _isStopping))
            {
                return; // stopping goes on: everybody is still to be told
            }
            catch (Exception e)
            {
                // One bad moment, such as no descriptors left, must not end accepting; the pause keeps it from spinning.
                HubLog.AcceptFailed(_logger, listener.Address, e);
                await Task.Delay(TimeSpan.FromMilliseconds(100), _hub.TimeProvider).ConfigureAwait(false);
            }
        }
    }
}
