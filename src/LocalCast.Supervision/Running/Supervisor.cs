using System.Collections.Concurrent;
using LocalCast.Protocol;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Runs the nodes of one agent. Thread-safe; everything that happens is put to one machine, one after the other.</summary>
public sealed class Supervisor : IAsyncDisposable
{
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(5);

    private readonly SupervisorParts _parts;
    private readonly SupervisorLoop _loop;
    private readonly InstanceFile _instances;
    private readonly HistoryFiles _history;
    private readonly OutcomeWaits _outcomes = new();
    private readonly ConcurrentDictionary<string, NodeView> _views = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _waking = new(StringComparer.Ordinal);
    private DependencyGraph _graph = new([]);
    private PluginScan _plugins = new([], [], []);

    /// <summary>Creates a supervisor that looks after nothing yet.</summary>
    public Supervisor(SupervisorParts parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = parts;
        _instances = new InstanceFile(Path.Combine(parts.DataFolder, "instances.json"), parts.Logger);
        _history = new HistoryFiles(Path.Combine(parts.DataFolder, "history"), parts.Logger);
        var machine = new SupervisorMachine(new MachineOptions(), Random.Shared.NextDouble);
        var executor = new EffectExecutor(this, parts, Live, RememberInstances);
        _loop = new SupervisorLoop(machine, executor.Execute, parts.TimeProvider, parts.Logger);
        _loop.TurnEnded += Publish;
    }

    /// <summary>A node's view changed. Raised on the supervisor's own loop: to be brief.</summary>
    public event Action<NodeView>? Changed;

    /// <summary>An essential node failed for good: the agent is to end with this exit code.</summary>
    public event Action<int, string>? AgentMustStop;

    /// <summary>Whose session is whose.</summary>
    public LiveInstances Live { get; } = new();

    /// <summary>What the nodes require of one another.</summary>
    public DependencyGraph Graph => Volatile.Read(ref _graph);

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
        ArgumentNullException.ThrowIfNull(plugins);
        IReadOnlyList<(string Node, int Generation)> adopted = new Adoption(_parts, _loop, Live, RememberInstances).Settle(_instances.Read(), plugins);
        _loop.Start();
        await ReloadAsync(plugins).ConfigureAwait(false);
        foreach ((string node, int generation) in adopted)
        {
            _loop.Post((machine, now) => machine.LineMatched(node, generation, now)); // what it prints when it is ready, it printed to the agent before this one
        }
    }

    /// <summary>Takes new manifests: exactly the nodes concerned are reloaded.</summary>
    public async Task ReloadAsync(PluginScan plugins)
    {
        ArgumentNullException.ThrowIfNull(plugins);
        foreach (ManifestProblem problem in plugins.Problems)
        {
            SupervisorLog.PluginProblem(_parts.Logger, problem.ToString());
        }

        Volatile.Write(ref _plugins, plugins);
        await _loop.AskAsync((machine, now) =>
        {
            Load(machine, now);
            return true;
        }).ConfigureAwait(false);
    }

    /// <summary>Starts a node and its chain.</summary>
    /// <returns>Why it is not up, or <see langword="null"/> when it is ready.</returns>
    public Task<ErrorInfo?> StartAsync(string node, string by, CancellationToken cancellationToken) =>
        OperateAsync(node, (machine, now) => machine.Start(node, by, now), Outcomes.IsUp, cancellationToken);

    /// <summary>Stops a node, and before it those that are bound to it.</summary>
    public Task<ErrorInfo?> StopAsync(string node, string by, CancellationToken cancellationToken) =>
        OperateAsync(node, (machine, now) => machine.Stop(node, by, now), Outcomes.IsDown, cancellationToken);

    /// <summary>Restarts a node, with those that are bound to it.</summary>
    public Task<ErrorInfo?> RestartAsync(string node, string by, CancellationToken cancellationToken) =>
        OperateAsync(node, (machine, now) => machine.Restart(node, by, now), Outcomes.IsUp, cancellationToken);

    /// <summary>Puts a new instance in the place of the one that runs, without dropping calls.</summary>
    public Task<ErrorInfo?> UpgradeAsync(string node, string by, CancellationToken cancellationToken) =>
        OperateAsync(node, (machine, now) => machine.Upgrade(node, by, now), Outcomes.IsUpgraded, cancellationToken);

    /// <summary>As <see cref="UpgradeAsync"/>, without waiting for what comes of it; a node that does not run is left alone.</summary>
    public void Refresh(string node, string by) => _loop.Post((machine, now) =>
    {
        if (machine.TryView(node, out NodeView? view) && view.Generation > 0 && view.State is SupervisedState.Ready or SupervisedState.Degraded)
        {
            machine.Upgrade(node, by, now);
        }
    });

    /// <summary>Somebody wants a node that is not there.</summary>
    /// <returns>Whether it is coming; why it is not there.</returns>
    public (bool IsComing, string? Reason) Wake(string node, string by)
    {
        if (!_views.TryGetValue(node, out NodeView? view))
        {
            return (false, null);
        }

        bool isComing = view.Manifest.Activation.Mode == ActivationMode.OnDemand
            && view.State is not (SupervisedState.Failed or SupervisedState.Disabled or SupervisedState.Completed);
        if (isComing && _waking.TryAdd(node, true))
        {
            _loop.Post((machine, now) =>
            {
                _waking.TryRemove(node, out _);
                machine.Activate(node, by, now);
            });
        }

        return (isComing, Why.Brief(node, _views, Now));
    }

    /// <summary>Why a node is not there, or not ready, in a line; <see langword="null"/> when it is not looked after.</summary>
    public string? Explain(string node) => _views.ContainsKey(node) ? Why.Brief(node, _views, Now) : null;

    /// <summary>What a node uses; <see langword="null"/> when it does not run, or that cannot be told.</summary>
    public ResourceUsage? Sample(NodeView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        return Live.TryGet(view.Manifest.Name, view.Generation, out IInstance? instance) ? instance.Sample() : null;
    }

    /// <summary>A participant joined.</summary>
    public void Joined(string name, int generation, string? version, bool isReady, int? pid)
    {
        Live.NoteJoined(name, generation, isJoined: true);
        _loop.Post((machine, now) =>
        {
            machine.Joined(name, generation, version, isReady, pid, now);
            if (generation == 0 && IsMissed(name))
            {
                Load(machine, now); // a name that was unknown when the manifests were judged
            }
        });
    }

    /// <summary>A participant serves from now on.</summary>
    public void BecameReady(string name, int generation) => _loop.Post((machine, now) => machine.BecameReady(name, generation, now));

    /// <summary>A participant is gone.</summary>
    public void Left(string name, int generation)
    {
        Live.NoteJoined(name, generation, isJoined: false);
        _loop.Post((machine, now) => machine.Left(name, generation, now));
    }

    /// <summary>A node answered its ping.</summary>
    public void Ponged(string name, int generation) => _loop.Post((machine, now) => machine.Ponged(name, generation, now));

    /// <summary>A node asks for more time to end.</summary>
    public void Extended(string name, int generation, TimeSpan more) => _loop.Post((machine, now) => machine.Extended(name, generation, more, now));

    /// <summary>A node does not know how to end when asked in band.</summary>
    public void CannotStop(string name, int generation) => _loop.Post((machine, now) => machine.CannotStop(name, generation, now));

    /// <summary>An instance has no call in flight.</summary>
    public void Drained(string name, int generation) => _loop.Post((machine, now) => machine.Drained(name, generation, now));

    /// <summary>An instance wanted to join under another node's name.</summary>
    public void Misnamed(string node, int generation, string wanted) => _loop.Post((machine, now) => machine.Misnamed(node, generation, wanted, now));

    /// <summary>A node's transitions, those before this agent's start too; oldest first.</summary>
    public IReadOnlyList<HistoryEntry> History(string node) => _history.Read(node);

    /// <summary>Stops all nodes, dependents first.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="pending">Told about twice a second what it still waits for.</param>
    public async Task StopAsync(string reason, Action<IReadOnlyList<PendingStop>>? pending)
    {
        TimeSpan limit = StopPlan.For(Graph, _views.Keys).WorstCaseExtended + _grace;
        _loop.Post((machine, now) => machine.StopAll(reason, now));
        using var overdue = new CancellationTokenSource(limit, _parts.TimeProvider);
        Task<bool> down = WaitUntilDownAsync(overdue.Token);
        while (await Task.WhenAny(down, Task.Delay(TimeSpan.FromMilliseconds(500), _parts.TimeProvider, CancellationToken.None)).ConfigureAwait(false) != down)
        {
            IReadOnlyList<PendingStop> waiting = await _loop.AskAsync((machine, _) => machine.StopsPending).ConfigureAwait(false);
            pending?.Invoke(waiting);
        }

        await down.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync().ConfigureAwait(false);
        await _history.DisposeAsync().ConfigureAwait(false);
        await _instances.DisposeAsync().ConfigureAwait(false);
    }

    internal void Remember(string node, Transition transition) =>
        _history.Append(node, new HistoryEntry(TimeOf(transition.At), transition.State, transition.Cause, transition.By));

    internal void StopAgent(int exitCode, string reason) => AgentMustStop?.Invoke(exitCode, reason);

    private void Load(SupervisorMachine machine, TimeSpan now)
    {
        PluginScan plugins = Volatile.Read(ref _plugins);
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

    private async Task<ErrorInfo?> OperateAsync(string node, Func<SupervisorMachine, TimeSpan, ErrorInfo?> order, Func<NodeView, Settled?> judge, CancellationToken cancellationToken)
    {
        if (await _loop.AskAsync(order).WaitAsync(cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            return refusal;
        }

        Settled settled = await _outcomes.WaitAsync(() => _views.TryGetValue(node, out NodeView? view) ? judge(view) : new Settled(null), cancellationToken).ConfigureAwait(false);
        return settled.Error switch
        {
            { Code: LocalCastError.NodeNotReady } error => error with { Message = Why.Brief(node, _views, Now) },
            { } error => error with { Message = $"'{node}': {error.Message}" }, // the chain of causes says nothing of a node that is well, though not as it was wanted
            null => null,
        };
    }

    private async Task<bool> WaitUntilDownAsync(CancellationToken overdue)
    {
        try
        {
            var isDown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _loop.TurnEnded += machine =>
            {
                if (machine.IsAllDown)
                {
                    isDown.TrySetResult();
                }
            };
            _loop.Post((_, _) => { }); // it may be so already
            await isDown.Task.WaitAsync(overdue).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false; // what could not be killed is named in the log, and ends with the agent where the system sees to it
        }
    }

    private bool IsMissed(string name) => Graph.Refusals.Count > 0
        && Graph.Manifests.Any(manifest => Graph.Refusals.ContainsKey(manifest.Name) && manifest.Requires.Any(requirement => requirement.Node == name));

    private void RememberInstances() => _instances.Write(Live.Remember);

    private void Publish(SupervisorMachine machine)
    {
        bool hasChanged = false;
        foreach (string name in machine.TakeChanged())
        {
            if (!machine.TryView(name, out NodeView? view))
            {
                hasChanged |= _views.TryRemove(name, out _);
            }
            else if (!_views.TryGetValue(name, out NodeView? known) || !ReferenceEquals(known, view))
            {
                _views[name] = view;
                hasChanged = true;
                Changed?.Invoke(view);
            }
        }

        if (hasChanged)
        {
            _outcomes.Review();
        }
    }
}
