using LocalCast.Agent.Plugins;
using LocalCast.Broadcasting;
using LocalCast.Supervision;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Nodes;

/// <summary>The supervisor of an agent with all that it works with.</summary>
internal sealed class NodeSupervision : IAsyncDisposable
{
    private readonly AgentOptions _options;
    private readonly ProcessRunner _processes;
    private readonly NodeLogs _logs;
    private readonly ILogger _logger;
    private readonly TimeProvider _timeProvider;
    private PluginWatcher? _watcher;

    private NodeSupervision(AgentOptions options, string pipePath, Broadcaster broadcaster, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        (_options, _timeProvider) = (options, timeProvider);
        _logger = loggerFactory.CreateLogger<Supervisor>();
        string data = options.DataFolder ?? DataFolders.DefaultFor(pipePath);
        _logs = new NodeLogs(data, timeProvider);
        _processes = new ProcessRunner();
        var specs = new LaunchSpecs(pipePath, data);
        Supervisor = new Supervisor(new SupervisorParts
        {
            Bus = new HubBus(broadcaster),
            Processes = _processes,
            InProcess = new InProcessRunner(),
            SpecOf = specs.For,
            Logs = _logs,
            Probes = new ProbeRunner(_processes),
            DataFolder = data,
            TimeProvider = timeProvider,
            Logger = _logger,
        });
    }

    public Supervisor Supervisor { get; }

    public static async Task<NodeSupervision> StartAsync(AgentOptions options, string pipePath, Broadcaster broadcaster, HubKeeper keeper, ILoggerFactory loggerFactory, TimeProvider timeProvider)
    {
        var supervision = new NodeSupervision(options, pipePath, broadcaster, loggerFactory, timeProvider);
        var usage = new UsageMeter(supervision.Supervisor.Sample, timeProvider);
        var rows = new NodeRows(supervision.Supervisor, () => broadcaster.Participants, usage, timeProvider);
        var operations = new AgentOperations(
            new NodeControl(supervision.Supervisor, rows, supervision.ReloadAsync),
            new NodeInsight(supervision.Supervisor, rows));
        keeper.Connect(supervision.Supervisor, operations);
        await supervision.Supervisor.StartAsync(supervision.ReadPlugins()).ConfigureAwait(false);
        supervision._watcher = new PluginWatcher(options.PluginDirectories, supervision.Supervisor, supervision.ReloadAsync, timeProvider, supervision._logger);
        return supervision;
    }

    public Task StopAsync(string reason, Action<IReadOnlyList<PendingStop>> pending) => Supervisor.StopAsync(reason, pending);

    public async ValueTask DisposeAsync()
    {
        if (_watcher is not null)
        {
            await _watcher.DisposeAsync().ConfigureAwait(false);
        }

        await Supervisor.DisposeAsync().ConfigureAwait(false);
        await _processes.DisposeAsync().ConfigureAwait(false);
        await _logs.DisposeAsync().ConfigureAwait(false);
    }

    private Task ReloadAsync() => Supervisor.ReloadAsync(ReadPlugins());

    private PluginSet ReadPlugins() => PluginFolders.Read(_options.PluginDirectories, _options.NodeOverrides);
}
