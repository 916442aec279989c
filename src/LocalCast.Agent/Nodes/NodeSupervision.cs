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
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _reloading = new(1, 1);
    private PluginWatcher? _watcher;

    private NodeSupervision(AgentOptions options, string data, string pipePath, Broadcaster broadcaster, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        _sources = new PluginSources(options);
        _logger = loggerFactory.CreateLogger<Supervisor>();
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
            AskMesh = (requirement, within) => AskMesh is { } ask ? ask(requirement, within) : Task.FromResult(false),
            HasMesh = options.Mesh.IsWanted,
            DataFolder = data,
            TimeProvider = timeProvider,
            Logger = _logger,
        });
    }

    public Supervisor Supervisor { get; }

    /// <summary>Has a node of another agent show that it lives; there as soon as the mesh is.</summary>
    public Func<Requirement, TimeSpan, Task<bool>>? AskMesh { get; set; }

    public static async Task<NodeSupervision> StartAsync(
        AgentOptions options, string data, string pipePath, Broadcaster broadcaster, HubKeeper keeper, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        var supervision = new NodeSupervision(options, data, pipePath, broadcaster, loggerFactory, timeProvider);
        Task rehearsal = options.ArePluginsEnabled
            ? Rehearsal.PlayAsync((manifest, generation, token, folder) => LaunchSpecs.For(manifest, generation, token, pipePath, folder), supervision._processes, Path.Combine(data, "rehearsal"), timeProvider)
            : Task.CompletedTask;
        Supervisor supervisor = supervision.Supervisor;
        var rows = new NodeRows(supervisor, () => broadcaster.Participants, new UsageMeter(supervisor.Sample, timeProvider), timeProvider);
        var watcher = new PluginWatcher(supervision._sources.Directories, supervisor, supervision.ReloadAsync, timeProvider, supervision._logger); // before the manifests are read: what changes meanwhile counts
        supervision._watcher = watcher;
        var known = new KnownNodes(supervisor, rows);
        keeper.Connect(supervisor, new AgentOperations(new NodeControl(supervisor, rows, known, supervision.ReloadAsync), new NodeInsight(supervisor, rows, known)));
        try
        {
            PluginScan plugins = supervision._sources.Read();
            await rehearsal.ConfigureAwait(false);
            await supervisor.StartAsync(plugins).ConfigureAwait(false);
        }
        catch
        {
            await watcher.DisposeAsync().ConfigureAwait(false);
            await supervision.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        watcher.Start();
        return supervision;
    }

    /// <summary>Stops all nodes; from now on nothing is started any more.</summary>
    public async Task StopAsync(string reason, Action<IReadOnlyList<PendingStop>> pending)
    {
        if (_watcher is not null)
        {
            await _watcher.DisposeAsync().ConfigureAwait(false);
        }

        await Supervisor.StopAsync(reason, pending).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _probes.Dispose();
        await _processes.DisposeAsync().ConfigureAwait(false);
        await Supervisor.DisposeAsync().ConfigureAwait(false);
        await _logs.DisposeAsync().ConfigureAwait(false);
        _reloading.Dispose();
    }

    // One after the other: what was read first must not be taken last.
    private async Task ReloadAsync()
    {
        await _reloading.WaitAsync().ConfigureAwait(false);
        try
        {
            await Supervisor.ReloadAsync(_sources.Read()).ConfigureAwait(false);
        }
        finally
        {
            _reloading.Release();
        }
    }
}
