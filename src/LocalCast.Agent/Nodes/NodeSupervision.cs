using LocalCast.Agent.Plugins;
using LocalCast.Broadcasting;
using LocalCast.Supervision;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Nodes;

/// <summary>The supervisor of an agent with all that it works with.</summary>
internal sealed class NodeSupervision : IAsyncDisposable
{
    private readonly PluginSources _sources;
    private readonly IProcessRunner _processes;
    private readonly ProbeRunner _probes;
    private readonly NodeLogs _logs;
    private readonly Broadcaster _broadcaster;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private PluginWatcher? _watcher;

    public NodeSupervision(AgentOptions options, string pipePath, Broadcaster broadcaster, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        (_broadcaster, _timeProvider) = (broadcaster, timeProvider);
        _sources = new PluginSources(options);
        _logger = loggerFactory.CreateLogger<Supervisor>();
        string data = Path.GetFullPath(options.DataFolder ?? DataFolders.DefaultFor(pipePath));
        if (options.ArePluginsEnabled)
        {
            DataFolders.Make(data);
        }

        _logs = new NodeLogs(new NodeLogsOptions { Folder = Path.Combine(data, "logs") }, timeProvider, loggerFactory.CreateLogger<NodeLogs>());
        _processes = InstanceRunners.ForThisMachine(new ProcessRunnerOptions(), loggerFactory, timeProvider);
        _probes = new ProbeRunner(_processes, timeProvider);
        Supervisor = new Supervisor(new SupervisorParts
        {
            Bus = new HubBus(broadcaster),
            Processes = _processes,
            InProcess = new InProcessRunner(),
            SpecOf = (manifest, generation, token) => LaunchSpecs.For(manifest, generation, token, pipePath, Path.Combine(data, "nodes")),
            JoinedNames = () => [.. broadcaster.Participants.Select(node => node.Name)],
            Logs = _logs,
            Probes = _probes,
            DataFolder = data,
            TimeProvider = timeProvider,
            Logger = _logger,
        });
    }

    public Supervisor Supervisor { get; }

    /// <summary>Introduces the supervisor to the hub.</summary>
    public void Connect(HubKeeper keeper)
    {
        var rows = new NodeRows(Supervisor, () => _broadcaster.Participants, new UsageMeter(Supervisor.Sample, _timeProvider), _timeProvider);
        keeper.Connect(Supervisor, new AgentOperations(new NodeControl(Supervisor, rows, ReloadAsync), new NodeInsight(Supervisor, rows)));
    }

    /// <summary>Boots the nodes.</summary>
    public async Task StartAsync()
    {
        await Supervisor.StartAsync(_sources.Read()).ConfigureAwait(false);
        if (_sources.Directories.Count > 0)
        {
            _watcher = new PluginWatcher(_sources.Directories, Supervisor, ReloadAsync, _timeProvider, _logger);
        }
    }

    /// <summary>Stops all nodes; from now on nothing is started any more.</summary>
    public async Task StopAsync(string reason, Action<IReadOnlyList<PendingStop>> pending)
    {
        await StopWatchingAsync().ConfigureAwait(false);
        await Supervisor.StopAsync(reason, pending).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopWatchingAsync().ConfigureAwait(false);
        _probes.Dispose();
        await _processes.DisposeAsync().ConfigureAwait(false);
        await Supervisor.DisposeAsync().ConfigureAwait(false);
        await _logs.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StopWatchingAsync()
    {
        if (_watcher is not null)
        {
            await _watcher.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Task ReloadAsync() => Supervisor.ReloadAsync(_sources.Read());
}
