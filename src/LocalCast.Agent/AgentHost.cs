using LocalCast.Agent.Internal;
using LocalCast.Broadcasting;
using LocalCast.Transports;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent;

/// <summary>A running agent: its pipe, the door beside it, and the broadcaster behind them.</summary>
public sealed class AgentHost : IAsyncDisposable
{
    private readonly AgentOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly PipeDoor _door;
    private readonly Broadcaster _broadcaster;
    private readonly Lock _lock = new();
    private Task? _stopping;

    private AgentHost(AgentOptions options, TimeProvider timeProvider, ILogger logger, string pipePath, PipeDoor door, Broadcaster broadcaster) =>
        (_options, _timeProvider, _logger, PipePath, _door, _broadcaster) = (options, timeProvider, logger, pipePath, door, broadcaster);

    /// <summary>Where the pipe is.</summary>
    public string PipePath { get; }

    /// <summary>Where its door is.</summary>
    public string DoorPath => PipeAddress.DoorOf(PipePath);

    /// <summary>The hub.</summary>
    public Broadcaster Broadcaster => _broadcaster;

    /// <summary>Starts an agent. When this returned, participants can join.</summary>
    /// <exception cref="Protocol.LocalCastException">The pipe is held by a live agent, belongs to another user, or cannot be made.</exception>
    public static async Task<AgentHost> StartAsync(AgentOptions options, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        SocketCompletions.RunOnEventThread(); // before the first socket, and the first thing below is one
        string pipe = PipeAddress.Choose(options.Pipe);
        ILogger logger = loggerFactory.CreateLogger<AgentHost>();
        PipeListener listener = await PipeListener.ListenAsync(pipe, loggerFactory, cancellationToken).ConfigureAwait(false);
        try
        {
            PipeDoor door = await PipeDoor.OpenAsync(pipe, loggerFactory, timeProvider, cancellationToken).ConfigureAwait(false);
            var broadcaster = new Broadcaster(options.Broadcaster, timeProvider, loggerFactory);
            broadcaster.Listen(listener); // owns the listener from here on
            AgentLog.Started(logger, options.Broadcaster.AgentName, listener.Address);
            return new AgentHost(options, timeProvider, logger, listener.Address, door, broadcaster);
        }
        catch
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says goodbye to everybody with the reason and ends, within the stop time-out. Asking twice is asking once.</summary>
    public Task StopAsync(string reason)
    {
        lock (_lock)
        {
            return _stopping ??= StopPartsAsync(reason);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync("the agent stops").ConfigureAwait(false);

    private async Task StopPartsAsync(string reason)
    {
        long start = _timeProvider.GetTimestamp();
        AgentLog.Stopping(_logger, reason);
        await StopPartAsync("broadcaster", _broadcaster.StopAsync(reason), start).ConfigureAwait(false);
        await StopPartAsync("door", _door.DisposeAsync().AsTask(), start).ConfigureAwait(false);
        AgentLog.Stopped(_logger, (long)_timeProvider.GetElapsedTime(start).TotalMilliseconds);
    }

    private async Task StopPartAsync(string part, Task stopping, long start)
    {
        TimeSpan left = _options.StopTimeout - _timeProvider.GetElapsedTime(start);
        try
        {
            await stopping.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _timeProvider).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            AgentLog.StopFailed(_logger, part, e); // the other parts are still to be stopped
        }
    }
}
