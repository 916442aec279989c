using LocalCast.Supervision.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Supervision;

/// <summary>
/// Boots two made-up nodes in a supervisor of their own, and ends them. Their processes are real (a shell that prints a word), their files are in a folder of their own.
/// Played while an agent still reads its manifests: what the compiler does then, the first nodes do not wait for.
/// </summary>
public sealed class Rehearsal : IAsyncDisposable
{
    /// <summary>Once a second: a process that was started late ends by itself within one.</summary>
    private const int DeletedAgain = 5;

    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(1);

    private readonly string _folder;
    private readonly TaskCompletionSource<bool> _booted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stage _stage = new();
    private readonly NodeLogs _logs;
    private readonly ProbeRunner _probes;
    private readonly Supervisor _supervisor;
    private readonly TimeProvider _timeProvider;

    private Rehearsal(Func<NodeManifest, int, string, string, LaunchSpec> specIn, IProcessRunner processes, string folder, TimeProvider timeProvider)
    {
        (_folder, _timeProvider) = (folder, timeProvider);
        _logs = new NodeLogs(new NodeLogsOptions { Folder = Path.Combine(_folder, "logs") }, timeProvider, NullLogger<NodeLogs>.Instance);
        _probes = new ProbeRunner(processes, timeProvider);
        _supervisor = new Supervisor(new SupervisorParts
        {
            Bus = _stage,
            Processes = processes,
            InProcess = processes,
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
    /// <param name="specIn">Makes of a manifest what is launched: node, generation, token, and the folder for all that is written.</param>
    /// <param name="processes">Starts the two processes; both have ended when this returns <see langword="true"/>.</param>
    /// <param name="folder">For all that is written. What is there is deleted, before and after: an agent that was killed meanwhile left its own.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns>Whether it came to its end; <see langword="false"/> after a second at the latest, also when a disk hangs. What then still runs ends by itself.</returns>
    public static async Task<bool> PlayAsync(Func<NodeManifest, int, string, string, LaunchSpec> specIn, IProcessRunner processes, string folder, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(processes);
        if (processes.WhyNone is not null)
        {
            return false;
        }

        try
        {
            return await Task.Run(() => PlayToTheEndAsync(specIn, processes, folder, timeProvider)).WaitAsync(_longest, timeProvider).ConfigureAwait(false);
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
    }

    private static async Task<bool> PlayToTheEndAsync(Func<NodeManifest, int, string, string, LaunchSpec> specIn, IProcessRunner processes, string folder, TimeProvider timeProvider)
    {
        bool isPlayed = false;
        try
        {
            Delete(folder);
            PrivateFolder.Create(folder);
            var rehearsal = new Rehearsal(specIn, processes, folder, timeProvider);
            await using (rehearsal.ConfigureAwait(false))
            {
                return isPlayed = await rehearsal.PlayAsync().ConfigureAwait(false);
            }
        }
        catch (Exception)
        {
            return false; // whatever it was, the agent's start must not fail of it
        }
        finally
        {
            Delete(folder);
            _ = isPlayed && !Directory.Exists(folder) ? Task.CompletedTask : DeleteAgainAsync(folder, timeProvider);
        }
    }

    /// <summary>On a busy machine a launch may still be under way, which makes its folders anew. Nobody waits for this.</summary>
    private static async Task DeleteAgainAsync(string folder, TimeProvider timeProvider)
    {
        for (int i = 0; i < DeletedAgain; i++)
        {
            await Task.Delay(_longest, timeProvider).ConfigureAwait(false);
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
        NodeManifest first = Stage.Manifest("rehearsal-first", _folder);
        NodeManifest second = Stage.Manifest("rehearsal-second", _folder) with { Requires = [new Requirement { Node = first.Name }] };
        var watcher = new PluginWatcher([_folder], _supervisor, () => Task.CompletedTask, _timeProvider, _stage);
        await using (watcher.ConfigureAwait(false))
        {
            _supervisor.Changed += Hear;
            await _supervisor.StartAsync(new PluginScan([first, second], [], [])).ConfigureAwait(false);
            await watcher.LookAsync().ConfigureAwait(false);
            bool isBooted = await _booted.Task.WaitAsync(_longest, _timeProvider).ConfigureAwait(false);
            if (isBooted)
            {
                await EndAsync([first, second]).ConfigureAwait(false);
            }

            return isBooted;
        }
    }

    private void Hear(NodeView view)
    {
        IEnumerable<NodeView> all = _supervisor.Views.Values;
        if (all.All(node => node.State == SupervisedState.Ready))
        {
            _booted.TrySetResult(true);
        }
        else if (view.State == SupervisedState.Failed)
        {
            _booted.TrySetResult(false);
            if (all.All(node => node.State == SupervisedState.Failed))
            {
                _ended.TrySetResult();
            }
        }
    }

    // Nobody is left who would hear of an end that comes later.
    private async Task EndAsync(NodeManifest[] nodes)
    {
        foreach (NodeManifest node in nodes)
        {
            if (_supervisor.Live.TryGet(node.Name, _supervisor.Views[node.Name].Generation, out IInstance? instance))
            {
                instance.Kill();
            }
        }

        await _ended.Task.WaitAsync(_longest, _timeProvider).ConfigureAwait(false);
    }
}
