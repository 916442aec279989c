using LocalCast.Agent.Internal;
using LocalCast.Agent.Mesh;
using LocalCast.Agent.Nodes;
using LocalCast.Broadcasting;
using LocalCast.Supervision;
using LocalCast.Transports;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent;

/// <summary>A running agent: its pipe, the door beside it, the broadcaster behind them, and the nodes that it looks after.</summary>
public sealed class AgentHost : IAsyncDisposable
{
    private readonly AgentOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly PipeDoor _door;
    private readonly Broadcaster _broadcaster;
    private readonly Lock _lock = new();
    private DataFolder? _data;
    private NodeSupervision? _nodes;
    private MeshUplink? _mesh;
    private Task? _stopping;

    private AgentHost(AgentOptions options, TimeProvider timeProvider, ILogger logger, string pipePath, PipeDoor door, Broadcaster broadcaster) =>
        (_options, _timeProvider, _logger, PipePath, _door, _broadcaster) = (options, timeProvider, logger, pipePath, door, broadcaster);

    /// <summary>Told what stopping still waits for, about twice a second.</summary>
    public event Action<IReadOnlyList<PendingStop>>? StopWaits;

    /// <summary>Where the pipe is.</summary>
    public string PipePath { get; }

    /// <summary>Where its door is.</summary>
    public string DoorPath => PipeAddress.DoorOf(PipePath);

    /// <summary>The hub.</summary>
    public Broadcaster Broadcaster => _broadcaster;

    /// <summary>Looks after the nodes.</summary>
    public Supervisor Supervisor => _nodes!.Supervisor;

    /// <summary>Where other agents dial this one; <see langword="null"/> when they cannot.</summary>
    public string? MeshAddress => _mesh?.ListenAddress;

    /// <summary>Completes when an essential node failed and the agent is to end.</summary>
    public Task<ForcedStop> MustStop => Supervisor.AgentMustStop;

    /// <summary>Starts an agent. When this returned, participants can join, and nodes are being started.</summary>
    /// <exception cref="Protocol.LocalCastException">The pipe or the data folder is held by a live agent, belongs to another user, or cannot be made.</exception>
    public static async Task<AgentHost> StartAsync(AgentOptions options, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        SocketCompletions.RunOnEventThread(); // before the first socket, and the first thing below is one
        string pipe = PipeAddress.Choose(options.Pipe);
        ILogger logger = loggerFactory.CreateLogger<AgentHost>();
        AgentLog.Starts(logger, options.Broadcaster.AgentName, options.Broadcaster.AgentVersion, Environment.ProcessId);
        PipeListener listener = await PipeListener.ListenAsync(pipe, loggerFactory, cancellationToken).ConfigureAwait(false);
        PipeDoor? door = null;
        Broadcaster? broadcaster = null;
        AgentHost? agent = null;
        try
        {
            door = await PipeDoor.OpenAsync(pipe, loggerFactory, timeProvider, cancellationToken).ConfigureAwait(false);
            var keeper = new HubKeeper();
            broadcaster = new Broadcaster(options.Broadcaster, timeProvider, loggerFactory, keeper);
            agent = new AgentHost(options, timeProvider, logger, listener.Address, door, broadcaster);
            string data = Path.GetFullPath(options.DataFolder ?? DataFolders.DefaultFor(agent.PipePath));
            agent._data = KeepsData(options) || Directory.Exists(data) ? DataFolder.Take(data, agent.PipePath, loggerFactory.CreateLogger<Supervisor>()) : null;
            agent._nodes = await NodeSupervision.StartAsync(options, data, agent.PipePath, broadcaster, keeper, loggerFactory, timeProvider).ConfigureAwait(false);

            if (options.Mesh.IsWanted)
            {
                agent._mesh = await MeshUplink.StartAsync(options, broadcaster, data, loggerFactory, timeProvider, cancellationToken).ConfigureAwait(false);
            }

            if (options.Mesh.WhatIsInVain is { } inVain)
            {
                AgentLog.InVain(logger, inVain);
            }

            if (agent._mesh is { } mesh)
            {
                agent._nodes.AskMesh = (requirement, within) => mesh.Questions.ShowsItselfAsync(requirement.Node, node => requirement.Fits(node.Version), requirement.Freshness ?? within, within);
                mesh.ReadyChanged = agent.Supervisor.MeshChanged;
            }

            keeper.ConnectMesh(new AgentOperations((agent._mesh?.Operations ?? new MeshOperations(driver: null)).All));

            // The pipe is there, and who connects waits until now: what survived the agent before this one comes back at once, and must meet a supervisor that knows it.
            broadcaster.Listen(listener); // owns the listener from here on
            AgentLog.Started(logger, options.Broadcaster.AgentName, listener.Address);
            return agent;
        }
        catch
        {
            await listener.DisposeAsync().ConfigureAwait(false);
            if (door is not null)
            {
                await door.DisposeAsync().ConfigureAwait(false);
            }

            if (agent?._mesh is { } mesh)
            {
                await mesh.DisposeAsync().ConfigureAwait(false);
            }

            if (agent?._nodes is { } nodes)
            {
                await agent.StopNodesAsync(nodes, "the agent cannot start").ConfigureAwait(false);
            }

            agent?._data?.Dispose();
            if (broadcaster is not null)
            {
                await broadcaster.DisposeAsync().ConfigureAwait(false);
            }

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

    // An agent that keeps nothing makes no folder; what another one left in it is its business all the same.
    private static bool KeepsData(AgentOptions options) => options.ArePluginsEnabled || options.Mesh.IsWanted;

    private async Task StopPartsAsync(string reason)
    {
        long start = _timeProvider.GetTimestamp();
        AgentLog.Stopping(_logger, reason);
        Task mesh = _mesh is null ? Task.CompletedTask : Task.Run(() => _mesh.DisposeAsync().AsTask()); // its last word to a slow disk must not hold this thread
        await StopPartAsync("mesh", mesh, start).ConfigureAwait(false); // first: what ends below is not called from elsewhere any more

        if (_nodes is not null)
        {
            // Their own time-outs bound this; the pipe is up meanwhile, because that is how they are asked to end.
            await StopNodesAsync(_nodes, reason).ConfigureAwait(false);
            start = _timeProvider.GetTimestamp();
        }

        _ = ReleaseDataAfterAsync(mesh); // at once as a rule, and before the pipe, which the next agent has to have first: whoever gets that finds the folder free
        await StopPartAsync("broadcaster", _broadcaster.StopAsync(reason), start).ConfigureAwait(false);
        await StopPartAsync("door", _door.DisposeAsync().AsTask(), start).ConfigureAwait(false);
        AgentLog.Stopped(_logger, (long)_timeProvider.GetElapsedTime(start).TotalMilliseconds);
    }

    /// <summary>
    /// Lets the next agent have the data folder once the mesh writes there no more. One that overran its time may still save what it learnt: until that is over, the next agent is
    /// refused. One that broke off may have left somebody at work there: then the lock stays until this process ends, which frees it.
    /// </summary>
    private async Task ReleaseDataAfterAsync(Task mesh)
    {
        await mesh.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (mesh.IsCompletedSuccessfully)
        {
            _data?.Dispose();
        }
    }

    private async Task StopNodesAsync(NodeSupervision nodes, string reason)
    {
        try
        {
            await nodes.StopAsync(reason, pending => StopWaits?.Invoke(pending)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            AgentLog.StopFailed(_logger, "nodes", e); // what is left of them is killed below
        }

        try
        {
            await nodes.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            AgentLog.StopFailed(_logger, "supervisor", e);
        }
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
