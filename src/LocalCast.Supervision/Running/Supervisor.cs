using System.Collections.Concurrent;
using System.Diagnostics;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Runs the nodes of one agent. Thread-safe; everything that happens is put to one machine, one after the other.</summary>
public sealed partial class Supervisor : IAsyncDisposable
{
    private readonly SupervisorParts _parts;
    private readonly SupervisorLoop _loop;
    private readonly InstanceFile _instances;
    private readonly NodeMemory _memory;
    private readonly HistoryFiles _history;
    private readonly Reporter _reporter;
    private readonly ConcurrentDictionary<string, NodeView> _views = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<ForcedStop> _agentMustStop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DependencyGraph _graph = new([]);
    private PluginScan _plugins = new([], [], []);

    /// <summary>Creates a supervisor that looks after nothing yet.</summary>
    public Supervisor(SupervisorParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = parts;
        _instances = new InstanceFile(Path.Combine(parts.DataFolder, "instances.json"), parts.Logger, parts.TimeProvider);
        _memory = new NodeMemory(Path.Combine(parts.DataFolder, "nodes.json"), parts.Logger, parts.TimeProvider);
        _history = new HistoryFiles(Path.Combine(parts.DataFolder, "history"), parts.Logger);
        var machine = new SupervisorMachine(new MachineOptions { HasMesh = parts.HasMesh }, Random.Shared.NextDouble);
        _reporter = new Reporter(_history, parts.Bus, TimeOf, parts.Logger);
        var executor = new EffectExecutor(this, parts, Live, _reporter, RememberInstances);
        _loop = new SupervisorLoop(machine, executor.Execute, parts.TimeProvider, parts.Logger);
        _loop.TurnEnded += Publish;
    }

    /// <summary>A node's view changed. Raised on the supervisor's own loop: to be brief.</summary>
    public event Action<NodeView>? Changed;

    /// <summary>Completes when an essential node failed for good, and the agent is to end.</summary>
    public Task<ForcedStop> AgentMustStop => _agentMustStop.Task;

    /// <summary>Whose session is whose.</summary>
    public LiveInstances Live { get; } = new();

    /// <summary>What the nodes require of one another.</summary>
    public DependencyGraph Graph => Volatile.Read(ref _graph);

    /// <summary>The manifests as they were last read.</summary>
    public PluginScan Plugins => Volatile.Read(ref _plugins);

    /// <summary>What nodes printed.</summary>
    public NodeLogs Logs => _parts.Logs;

    /// <summary>All nodes, as of the last turn.</summary>
    public IReadOnlyDictionary<string, NodeView> Views => _views;

    /// <summary>The machine's time.</summary>
    public TimeSpan Now => _loop.Now;

    internal SupervisorLoop Loop => _loop;

    /// <summary>A moment of the machine's as the wall clock shows it.</summary>
    public DateTimeOffset TimeOf(TimeSpan moment) => _loop.StartedAt + moment;

    /// <summary>Ends what a dead agent left behind, adopts what was to survive it, and boots the nodes.</summary>
    public async Task StartAsync(PluginScan plugins)
    {
        Accept(plugins);
        _loop.Start();
        await _loop.AskAsync((machine, now) =>
        {
            // All in one: what an adopted instance does meanwhile comes after the manifests, and is not lost on a machine that does not know its node yet.
            IReadOnlyList<RememberedInstance> adopted = new Adoption(_parts, _loop, Live, RememberInstances).Settle(_instances.Read(), plugins);
            foreach (RememberedInstance instance in adopted)
            {
                machine.Adopt(instance.Node, instance.Generation, instance.Identity.Pid, now);
            }

            Recall(machine);
            Load(machine, now);
            foreach (RememberedInstance instance in adopted)
            {
                machine.LineMatched(instance.Node, instance.Generation, now); // what it prints when it is ready, it printed to the agent before this one
            }

            return true;
        }).ConfigureAwait(false);
    }

    /// <summary>Takes new manifests: exactly the nodes concerned are reloaded.</summary>
    public async Task ReloadAsync(PluginScan plugins)
    {
        Accept(plugins);
        await _loop.AskAsync((machine, now) =>
        {
            Load(machine, now);
            return true;
        }).ConfigureAwait(false);
    }

    /// <summary>Why a node is not there, or not ready, in a line; <see langword="null"/> when it is not looked after.</summary>
    public string? Explain(string node) => _views.TryGetValue(node, out NodeView? view) ? WhyNotCalled(view) : null;

    /// <summary>What a node uses; <see langword="null"/> when it does not run, or that cannot be told.</summary>
    public ResourceUsage? Sample(NodeView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return Live.TryGet(view.Manifest.Name, view.Generation, out IInstance? instance) ? instance.Sample() : null;
    }

    /// <summary>A node's transitions, those before this agent's start too; oldest first.</summary>
    public IReadOnlyList<HistoryEntry> History(string node) => _history.Read(node);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync().ConfigureAwait(false);
        await _reporter.DisposeAsync().ConfigureAwait(false);
        await _history.DisposeAsync().ConfigureAwait(false);
        await _instances.DisposeAsync().ConfigureAwait(false);
        await _memory.DisposeAsync().ConfigureAwait(false);
    }

    internal void StopAgent(int exitCode, string reason) => _agentMustStop.TrySetResult(new ForcedStop(exitCode, reason));

    // To be ready by a line that it printed, say, is not to be there for calls.
    private string WhyNotCalled(NodeView view) =>
        Why.Brief(view.Manifest.Name, _views, Now) + (view is { State: SupervisedState.Ready, HasJoined: false } ? ", and cannot be called before it joins" : "");

    private void Accept(PluginScan plugins)
    {
        ArgumentNullException.ThrowIfNull(plugins);
        foreach (ManifestProblem problem in plugins.Problems)
        {
            SupervisorLog.PluginProblem(_parts.Logger, problem.ToString());
        }

        Volatile.Write(ref _plugins, plugins with { Manifests = [.. plugins.Manifests.Select(WhereItCanRun)] });
    }

    private NodeManifest WhereItCanRun(NodeManifest manifest) =>
        manifest.Run.IsInProcess || _parts.Processes.WhyNone is not { } why ? manifest : manifest with { DisabledBecause = manifest.DisabledBecause ?? why };

    private void Recall(SupervisorMachine machine)
    {
        Remembered last = _memory.Recall();
        foreach (RememberedStop stop in last.Stopped)
        {
            machine.RecallStop(stop.Node, stop.By);
        }

        foreach (RememberedForeigner foreigner in last.Foreign.Where(foreigner => MayLive(foreigner.Pid)))
        {
            machine.RecallForeigner(foreigner.Node);
        }
    }

    private static bool MayLive(int? pid)
    {
        try
        {
            using Process? process = pid is { } number ? Process.GetProcessById(number) : null;
            return true;
        }
        catch (ArgumentException)
        {
            return false; // it cannot come back
        }
    }

    private void Load(SupervisorMachine machine, TimeSpan now)
    {
        PluginScan plugins = Plugins;
        HashSet<string> others = new(_parts.JoinedNames().Concat(plugins.Broken.Select(broken => broken.Name)), StringComparer.Ordinal);
        var graph = new DependencyGraph(plugins.Manifests, others);
        Dictionary<string, string> refusals = new(graph.Refusals, StringComparer.Ordinal);
        foreach (BrokenNode broken in plugins.Broken)
        {
            refusals[broken.Name] = broken.Reason;
        }

        Volatile.Write(ref _graph, graph);
        string[] names = [.. plugins.Manifests.Select(manifest => manifest.Name)];
        Live.Keep(names);
        _parts.Bus.Keep(names);
        machine.Load([.. plugins.Manifests, .. plugins.Broken.Select(broken => broken.Placeholder)], refusals, now);
    }

    private void RememberInstances(bool isUrgent) => _instances.Write(Live.Remember, isUrgent);

    private void Publish(SupervisorMachine machine)
    {
        bool hasChanged = false;
        foreach (string name in machine.TakeChanged())
        {
            if (!machine.TryView(name, out NodeView? view))
            {
                hasChanged |= _views.TryRemove(name, out _);
                Logs.Forget(name);
            }
            else if (!_views.TryGetValue(name, out NodeView? known) || !ReferenceEquals(known, view))
            {
                _views[name] = view;
                _memory.Note(view);
                hasChanged = true;
                Tell(view);
            }
        }

        _reporter.Release();
        if (hasChanged)
        {
            _outcomes.Review();
        }
    }

    private void Tell(NodeView view)
    {
        try
        {
            Changed?.Invoke(view);
        }
        catch (Exception e)
        {
            SupervisorLog.Defect(_parts.Logger, e); // who looks on must not keep the others from hearing of it
        }
    }
}

/// <summary>That the agent has to end because of a node.</summary>
/// <param name="ExitCode">With which exit code.</param>
/// <param name="Reason">Why.</param>
public sealed record ForcedStop(int ExitCode, string Reason);
