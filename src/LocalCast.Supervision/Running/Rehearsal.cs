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

    private readonly string _folder;
    private readonly TaskCompletionSource<bool> _played = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stage _stage = new();
    private readonly NodeLogs _logs;
    private readonly ProbeRunner _probes;
    private readonly Supervisor _supervisor;
    private readonly TimeProvider _timeProvider;

    private Rehearsal(Func<NodeManifest, int, string, string, LaunchSpec> specIn, string folder, TimeProvider timeProvider)
    {
        (_folder, _timeProvider) = (folder, timeProvider);
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
    /// <param name="folder">For all that is written. What is there is deleted, before and after: an agent that was killed meanwhile left its own.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns>Whether it came to its end; <see langword="false"/> after a second at the latest, also when a disk hangs. What then still runs ends by itself.</returns>
    public static async Task<bool> PlayAsync(Func<NodeManifest, int, string, string, LaunchSpec> specIn, string folder, TimeProvider timeProvider)
    {
        try
        {
            return await Task.Run(() => PlayToTheEndAsync(specIn, folder, timeProvider)).WaitAsync(_longest, timeProvider).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return false; // the machine is busy: the compiler does it later
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync().ConfigureAwait(false);
        await _logs.DisposeAsync().ConfigureAwait(false);
        _probes.Dispose();
        await _stage.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task<bool> PlayToTheEndAsync(Func<NodeManifest, int, string, string, LaunchSpec> specIn, string folder, TimeProvider timeProvider)
    {
        try
        {
            Delete(folder);
            PrivateFolder.Create(folder);
            var rehearsal = new Rehearsal(specIn, folder, timeProvider);
            await using (rehearsal.ConfigureAwait(false))
            {
                return await rehearsal.PlayAsync().ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            return false; // whatever it was, the agent's start must not fail of it
        }
        finally
        {
            Delete(folder);
        }
    }

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // It was not there, or stays until the next agent's rehearsal.
        }
    }

    private async Task<bool> PlayAsync()
    {
        NodeManifest first = Stage.Manifest("first", _folder);
        NodeManifest second = Stage.Manifest("second", _folder) with { Requires = [new Requirement { Node = first.Name }] };
        _supervisor.Changed += view =>
        {
            bool isUp = view.State == SupervisedState.Ready;
            if (isUp ? view.Manifest.Name == second.Name : view.State is SupervisedState.Backoff or SupervisedState.Failed)
            {
                _played.TrySetResult(isUp);
            }
        };
        await _supervisor.StartAsync(new PluginScan([first, second], [], [])).ConfigureAwait(false);
        return await _played.Task.WaitAsync(_longest, _timeProvider).ConfigureAwait(false);
    }
}
