using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>What the parts of a node share: its options, its clock, its state, and what outlives a connection.</summary>
internal sealed class NodeCore : IDisposable
{
    private readonly long _start;
    private readonly Lock _stateLock = new();
    private LinkSession? _session;
    private bool _isHeldBack;

    public NodeCore(string name, LocalNodeOptions options)
    {
        Name = name;
        Options = options;
        Json = new NodeJson(options.Json);
        Topics = new Subscriptions(this);
        TopicSync = new SubscriptionSync(this);
        Stop = new StopSignal(name);
        _isHeldBack = options.IsHeldBack;
        Description = new OwnDescription(this);
        _start = options.TimeProvider.GetTimestamp();
    }

    public event Action<NodeStateChange>? StateChanged;

    public string Name { get; }

    public LocalNodeOptions Options { get; }

    public NodeJson Json { get; }

    public NameCache Names { get; } = new();

    public Subscriptions Topics { get; }

    public SubscriptionSync TopicSync { get; }

    public StopSignal Stop { get; }

    /// <summary>Whether the program has yet to say that it can serve.</summary>
    public bool IsHeldBack => Volatile.Read(ref _isHeldBack);

    public OwnDescription Description { get; }

    public NodeState State { get; private set; } = NodeState.Joining;

    public ErrorInfo? LeftBecause { get; private set; }

    /// <summary>The time when it first was in.</summary>
    public TimeSpan FirstJoinedAt { get; set; } = TimeSpan.MaxValue / 2;

    public AgentInfo? Agent { get; set; }

    public int MaxFrameBytes { get; set; } = new ProtocolLimits().MaxFrameBytes;

    /// <summary>The most bytes of a frame that comes in: the agent adds the sender's name to what a sender may send.</summary>
    public int MaxIncomingBytes => MaxFrameBytes + 1024;

    public TimeSpan Now => Options.TimeProvider.GetElapsedTime(_start);

    /// <summary>The connection that lives, whether or not it is joined already.</summary>
    public LinkSession? Session
    {
        get => Volatile.Read(ref _session);
        set => Volatile.Write(ref _session, value);
    }

    /// <summary>Completes the handshake of a session.</summary>
    public Action<LinkSession, HelloAck>? OnWelcomed { get; set; }

    /// <summary>The connection to use.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.Disconnected"/> when there is none now.</exception>
    public LinkSession RequireSession()
    {
        if (Session is { Ended: null } session)
        {
            return session;
        }

        throw new LocalCastException(State == NodeState.Left
            ? LeftBecause ?? new ErrorInfo(LocalCastError.Disconnected, $"'{Name}' has left")
            : new ErrorInfo(LocalCastError.Disconnected, $"'{Name}' has no connection to the agent at the moment") { RetryAfter = TimeSpan.FromSeconds(1) });
    }

    public void Welcomed(LinkSession session, ReadOnlySpan<byte> payload)
    {
        HelloAck ack = JsonSerializer.Deserialize(payload, ControlJson.Default.HelloAck)!;
        OnWelcomed?.Invoke(session, ack);
    }

    public void ChangeState(NodeState state, ErrorInfo? reason = null)
    {
        NodeState old;
        lock (_stateLock)
        {
            old = State;
            if (old == state || old == NodeState.Left || (old == NodeState.Draining && state != NodeState.Left))
            {
                return;
            }

            State = state;
            LeftBecause = state == NodeState.Left ? reason : null;
        }

        if (state is NodeState.Draining or NodeState.Left)
        {
            Stop.Left(reason);
        }

        try
        {
            StateChanged?.Invoke(new NodeStateChange(old, state, reason));
        }
        catch (Exception e)
        {
            // The program's own defect must not end the reconnecting. It is reported as any failure that nobody awaits: TaskScheduler.UnobservedTaskException.
            _ = Task.FromException(e);
        }
    }

    /// <summary>The program can serve.</summary>
    /// <returns>Whether it had not said so before.</returns>
    public bool HoldBackNoMore() => Interlocked.Exchange(ref _isHeldBack, false);

    public void Dispose() => TopicSync.Dispose();
}
