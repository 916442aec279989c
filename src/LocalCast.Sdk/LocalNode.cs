using LocalCast.Internal;
using LocalCast.Protocol;

namespace LocalCast;

/// <summary>A program's place among the others of its machine: it joins the agent by a name, offers methods, calls, publishes, listens and waits.</summary>
/// <remarks>
/// All members may be used from any thread. One connection carries any number of concurrent calls. When the agent goes, calls in flight
/// fail with <see cref="LocalCastError.Disconnected"/> and the node joins again by itself, with its subscriptions; nothing is retried in silence.
/// </remarks>
public sealed partial class LocalNode : INodeMethods, IAsyncDisposable
{
    private readonly NodeCore _core;
    private readonly AgentLink _link;
    private Task? _leaving;

    private LocalNode(string name, LocalNodeOptions options)
    {
        _core = new NodeCore(name, options);
        _link = new AgentLink(_core);
    }

    /// <summary>Raised when <see cref="State"/> changes, on a thread of the pool's. What it throws is the program's own defect.</summary>
    public event Action<NodeStateChange>? OnStateChanged
    {
        add => _core.StateChanged += value;
        remove => _core.StateChanged -= value;
    }

    /// <summary>The name it joined by.</summary>
    public string Name => _core.Name;

    /// <summary>Where it stands.</summary>
    public NodeState State => _core.State;

    /// <summary>The agent that it joined, as of the last time.</summary>
    public AgentInfo Agent => _core.Agent!;

    /// <summary>Joins the agent, waits for the nodes that it requires, and is ready.</summary>
    /// <param name="name">The name, 1 to 128 characters.</param>
    /// <param name="configure">Sets the options.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalCastException">
    /// <see cref="LocalCastError.Disconnected"/> when no agent listens, <see cref="LocalCastError.DuplicateName"/> when a live participant holds the name,
    /// <see cref="LocalCastError.NodeNotReady"/> when a required node did not come in time.
    /// </exception>
    public static async Task<LocalNode> JoinAsync(string name, Action<LocalNodeOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new LocalNodeOptions();
        configure?.Invoke(options);
        return await JoinAsync(name, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Joins by the name that the agent gave this process: what the environment variable LOCALCAST_NODE says. For programs that an agent starts.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.BadRequest"/> when the variable is not set; else as for a name of one's own.</exception>
    public static Task<LocalNode> JoinAsync(Action<LocalNodeOptions>? configure = null, CancellationToken cancellationToken = default) =>
        JoinAsync(PluginEnvironment.RequireName(), configure, cancellationToken);

    /// <summary>Joins with options that are made already.</summary>
    public static async Task<LocalNode> JoinAsync(string name, LocalNodeOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!NodeName.IsValid(name, out string? why))
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"'{name}' cannot be a name: {why}");
        }

        options.Validate();
        var node = new LocalNode(name, options);
        try
        {
            await node._link.JoinAsync(cancellationToken).ConfigureAwait(false);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public void AddHandler(string method, Func<CallContext, ValueTask> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _core.Options.Methods.Add(method, handler);
        if (_core.Session is { Ended: null } session && _core.State == NodeState.Ready)
        {
            Questions.SendReady(session); // others see the new method
            session.Parked.Retry();
        }
    }

    /// <summary>For a node that <see cref="LocalNodeOptions.StartsNotReady"/>: it serves from now on. Completes when the agent knows; saying it again does nothing.</summary>
    public async ValueTask ReadyAsync(CancellationToken cancellationToken = default)
    {
        if (!_core.HoldBackNoMore() || _core is not { State: NodeState.Joining, Session: { Ended: null } session })
        {
            return; // without a connection, the hello of the next one says it
        }

        try
        {
            await Questions.BeReadyAsync(session, cancellationToken).ConfigureAwait(false);
            _core.ChangeState(NodeState.Ready);
        }
        catch (LocalCastException e) when (e.Code == LocalCastError.Disconnected && _core.State != NodeState.Left)
        {
            // As above.
        }
    }

    /// <summary>Leaves: takes no new calls, lets the running ones end within the drain time-out, sends what is queued, says goodbye.</summary>
    public async ValueTask DisposeAsync()
    {
        // Not under a lock: leaving changes the state, which runs the program's own code.
        var leaving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _leaving, leaving.Task, null) is { } earlier)
        {
            await earlier.ConfigureAwait(false);
            return;
        }

        try
        {
            await _link.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            _core.Dispose();
            leaving.SetResult();
        }
    }

    private TimeSpan TimeoutOr(TimeSpan? timeout)
    {
        if (timeout is not { } limit)
        {
            return _core.Options.DefaultTimeout;
        }

        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(timeout)); // also the infinite one: nothing waits for ever
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit.TotalMilliseconds, uint.MaxValue, nameof(timeout));
        return limit;
    }
}
