using LocalCast.Protocol;

namespace LocalCast.Supervision.Internal;

/// <summary>What all parts of the machine share: the nodes, the time, the effects so far, and the nodes that have to be looked at again.</summary>
internal sealed class Board(MachineOptions options, Func<double> random)
{
    private const int MostStopsOfOthers = 10_000;

    private readonly OrderedDictionary<string, string> _stopsOfOthers = new(StringComparer.Ordinal);
    private readonly Queue<Effect> _effects = new();
    private readonly Queue<Node> _touched = new();
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    internal MachineOptions Options { get; } = options;

    internal Dictionary<string, Node> Nodes { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, ForeignInstance> Foreigners { get; } = new(StringComparer.Ordinal);

    /// <summary>What is ready on other agents, with all versions of it.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<string?>> MeshNodes { get; set; } = new Dictionary<string, IReadOnlyList<string?>>();

    internal Dependents Dependents { get; } = new();

    internal TimeSpan Now { get; set; }

    /// <summary>Why everything stops; <see langword="null"/> while the agent is to run.</summary>
    internal string? StopReason { get; set; }

    internal double Random() => random();

    /// <summary>An operator stopped what is not there now: should it come, it stays stopped. The oldest are forgotten.</summary>
    internal void KeepStop(string name, string by)
    {
        _stopsOfOthers[name] = by;
        if (_stopsOfOthers.Count > MostStopsOfOthers)
        {
            _stopsOfOthers.RemoveAt(0);
        }
    }

    internal bool TryTakeStop(string name, out string? by) => _stopsOfOthers.Remove(name, out by);

    internal void Emit(Effect effect) => _effects.Enqueue(effect);

    internal bool TryTakeEffect(out Effect? effect) => _effects.TryDequeue(out effect);

    internal void Touch(Node node)
    {
        Changed(node);
        if (!node.IsTouched)
        {
            node.IsTouched = true;
            _touched.Enqueue(node);
        }
    }

    /// <summary>The names of nodes whose views may have changed since the last time; forgotten ones too.</summary>
    internal IReadOnlyList<string> TakeChanged()
    {
        string[] changed = [.. _changed];
        _changed.Clear();
        return changed;
    }

    internal bool TryTakeTouched(out Node? node)
    {
        if (_touched.TryDequeue(out node))
        {
            node.IsTouched = false;
        }

        return node is not null;
    }

    /// <summary>Has the node looked at again, and all that depend on it or that it depends on.</summary>
    internal void Spread(Node node)
    {
        Touch(node);
        TouchDependents(node.Name);
        foreach (Requirement requirement in node.Manifest.Requires)
        {
            if (Nodes.TryGetValue(requirement.Node, out Node? prerequisite))
            {
                Touch(prerequisite);
            }
        }
    }

    internal void TouchDependents(string name)
    {
        foreach (Dependent dependent in Dependents.Of(name))
        {
            Touch(dependent.Node);
        }
    }

    /// <summary>Brings a node into a state. The same state with another reason is no transition, except of Failed: there nothing goes on by itself, so another reason is another failure.</summary>
    internal void Move(Node node, SupervisedState state, string? reason, string by = By.Agent, TimeSpan? until = null, bool isLoud = false)
    {
        bool isNew = node.State != state || node.History.Length == 0 || (state == SupervisedState.Failed && node.Reason != reason);
        if (!isNew && node.Reason == reason && node.Until == until)
        {
            return;
        }

        (node.State, node.Reason, node.Until) = (state, reason, until);
        Changed(node);
        if (!isNew)
        {
            return;
        }

        node.Since = Now;
        Record(node, reason ?? state.ToString(), by, isLoud || (state == SupervisedState.Failed && node.Manifest.IsEssential));
        if (state is SupervisedState.Failed or SupervisedState.Disabled or SupervisedState.Completed)
        {
            FailCalls(node);
        }

        Spread(node);
    }

    /// <summary>Keeps and tells something that happened without a change of state.</summary>
    internal void Record(Node node, string cause, string by, bool isLoud)
    {
        var transition = new Transition(Now, node.State, cause, by);
        node.History = [.. node.History.TakeLast(Options.HistoryLength - 1), transition];
        Changed(node);
        Emit(new Effect.Report(node.Name, transition, isLoud));
    }

    internal void Changed(Node node)
    {
        node.View = null;
        _changed.Add(node.Name);
    }

    internal void FailCalls(Node node) => Emit(new Effect.FailCalls(node.Name, NotReady(node)));

    internal static ErrorInfo NotReady(Node node) => new(LocalCastError.NodeNotReady, $"'{node.Name}' is {node.StateAndReason}");
}
