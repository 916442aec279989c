using LocalCast.Testing;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Tests.Running;

/// <summary>A supervisor with nothing real around it but a folder.</summary>
internal sealed class SupervisorRig : IAsyncDisposable
{
    private readonly DirectoryInfo? _own;
    private readonly NodeLogs _logs;
    private readonly ProbeRunner _probes;

    /// <param name="folder">Where state is kept; else in one that goes with the rig.</param>
    public SupervisorRig(string? folder = null)
    {
        _own = folder is null ? Directory.CreateTempSubdirectory("localcast-supervisor-") : null;
        Folder = folder ?? _own!.FullName;
        _logs = new NodeLogs(new NodeLogsOptions { Folder = Path.Combine(Folder, "logs") }, Time, new Logger<NodeLogs>(Log));
        _probes = new ProbeRunner(Processes, Time);
        Supervisor = new Supervisor(new SupervisorParts
        {
            Bus = Bus,
            Processes = Processes,
            InProcess = Inside,
            SpecOf = (manifest, generation, token) => SpecOf(manifest, generation, token),
            JoinedNames = () => [],
            Logs = _logs,
            Probes = _probes,
            DataFolder = Folder,
            TimeProvider = Time,
            Logger = Log.CreateLogger(""),
        });
    }

    public string Folder { get; }

    public FakeTimeProvider Time { get; } = new();

    public LogCollector Log { get; } = new();

    public FakeBus Bus { get; } = new();

    public FakeRunner Processes { get; } = new();

    /// <summary>Runs what runs in the agent.</summary>
    public FakeRunner Inside { get; } = new();

    public Supervisor Supervisor { get; }

    public Func<NodeManifest, int, string, LaunchSpec> SpecOf { get; set; } = Spec;

    public Task StartAsync(params NodeManifest[] manifests) => Supervisor.StartAsync(new PluginScan(manifests, [], []));

    /// <summary>Ends when all that was said so far is done and published.</summary>
    public Task DoneAsync() => Supervisor.Loop.AskAsync((_, _) => true);

    /// <summary>Plays a node that comes up as it should.</summary>
    public async Task ComeUpAsync(string node, int generation)
    {
        Supervisor.Joined(node, generation, "1.0", isReady: true, pid: null);
        Supervisor.BecameReady(node, generation);
        Supervisor.Ponged(node, generation);
        await DoneAsync();
    }

    public static LaunchSpec Spec(NodeManifest manifest, int generation, string token) => new()
    {
        Node = manifest.Name,
        Generation = generation,
        Token = token,
        Manifest = manifest,
        Exec = "x",
        WorkingDirectory = "/",
        Environment = new Dictionary<string, string>(),
        DataFolder = "/",
    };

    public async ValueTask DisposeAsync()
    {
        await Supervisor.DisposeAsync();
        _probes.Dispose();
        await _logs.DisposeAsync();
        Log.Dispose();
        _own?.Delete(recursive: true);
    }
}
