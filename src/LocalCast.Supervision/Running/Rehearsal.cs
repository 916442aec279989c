using LocalCast.Supervision.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Supervision;

/// <summary>
/// Boots two made-up nodes in a supervisor of their own, whose processes are made up too, and whose files are in a folder of their own.
/// Played while an agent still reads its manifests: what the compiler does then, the first nodes do not wait for.
/// </summary>
public sealed class Rehearsal : IAsyncDisposable
{
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("localcast-rehearsal-").FullName;
    private readonly TaskCompletionSource _played = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stage _stage = new();
    private readonly NodeLogs _logs;
    private readonly ProbeRunner _probes;
    private readonly Supervisor _supervisor;
    private readonly TimeProvider _timeProvider;

    private Rehearsal(Func<NodeManifest, int, string, string, LaunchSpec> specIn, TimeProvider timeProvider)
    {
        _timeProvider = timeProvider;
        _logs = new NodeLogs(new NodeLogsOptions { Folder = Path.Combine(_folder, "logs") }, timeProvider, NullLogger<NodeLogs>.Instance);
        _probes = new ProbeRunner(_stage, timeProvider);
        _supervisor = new Supervisor(new SupervisorParts
        {
            Bus = _stage,
            Processes = _stage,
            InProcess = _stage,
            SpecOf = (manifest, generation, token) => specIn(manifest, generation, token, _folder),
            JoinedNames = () => [],
            Logs = _logs,
            Probes = _probes,
            DataFolder = _folder,
            TimeProvider = timeProvider,
            Logger = _stage,
        });
    }

    /// <summary>Plays it once. Nothing comes of it, and nothing depends on it: what goes wrong here will be told where it matters.</summary>
    /// <param name="specIn">Makes of a manifest what would be launched: node, generation, token, and the folder for all that is written.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns>Whether it came to its end.</returns>
    public static async Task<bool> PlayAsync(Func<NodeManifest, int, string, string, LaunchSpec> specIn, TimeProvider timeProvider)
    {
        try
        {
            var rehearsal = new Rehearsal(specIn, timeProvider);
            await using (rehearsal.ConfigureAwait(false))
            {
                await rehearsal.PlayAsync().ConfigureAwait(false);
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TimeoutException)
        {
            return false; // the disk is full, or the machine is busy: the compiler does it later
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync().ConfigureAwait(false);
        await _logs.DisposeAsync().ConfigureAwait(false);
        _probes.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task PlayAsync()
    {
        NodeManifest first = _stage.Manifest("first", _folder);
        NodeManifest second = _stage.Manifest("second", _folder) with { Requires = [new Requirement { Node = first.Name }] };
        _supervisor.Changed += view =>
        {
            if (view.Manifest.Name == second.Name && view.State == SupervisedState.Ready)
            {
                _played.TrySetResult();
            }
        };
        await _supervisor.StartAsync(new PluginScan([first, second], [], [])).ConfigureAwait(false);
        await _played.Task.WaitAsync(_longest, _timeProvider).ConfigureAwait(false);
    }
}
