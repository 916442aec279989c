using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>One participant, or one that wants to be. What is not needed while it idles is created when it is first needed.</summary>
internal sealed class Session : IDisposable
{
    private readonly Hub _hub;
    private readonly CancellationTokenSource _closing = new();
    private CallTable<Exchange>? _calls;
    private ErrorInfo? _closeReason;
    private int _isDirty;
    private long _lastReceivedTicks;
    private bool _hasLeft;
    private bool _takesCalls;
    private bool _isNameless;
    private long _lastCalledTicks;
    private OpenOrders? _orders;

    public Session(Hub hub, IByteConnection connection, int number)
    {
        _hub = hub;
        Connection = connection;
        Outbox = new Outbox(connection, hub.Options.MaxQueuedBytes);
        Id = $"s{number}";
        Sender = new SessionSender(this, hub.Options.Protocol.MaxFrameBytes);
        StartedAt = hub.Now;
        KeepAlive = new KeepAlive(hub.Options.KeepAliveAfter, hub.Options.KeepAliveTimeout);
        LastReceived = StartedAt;
        LastCalled = StartedAt;
    }

    public IByteConnection Connection { get; }

    /// <summary>It stands for all other agents: it is in no directory, and what it sends bears the names of others.</summary>
    public bool IsUplink { get; init; }

    public Outbox Outbox { get; }

    public SessionSender Sender { get; }

    public string Id { get; }

    public TimeSpan StartedAt { get; }

    /// <summary>Housekeeping's own.</summary>
    public KeepAlive KeepAlive { get; }

    /// <summary>When its last whole frame came in. Written by its loop, read by housekeeping.</summary>
    public TimeSpan LastReceived
    {
        get => new(Volatile.Read(ref _lastReceivedTicks));
        set => Volatile.Write(ref _lastReceivedTicks, value.Ticks);
    }

    /// <summary>Judges whether it reads what is sent to it; there only once it was ever behind.</summary>
    public SlowReader? SlowReader { get; set; }

    /// <summary>It is so far behind that nobody waits for it any more.</summary>
    public bool StallsNobody { get; set; }

    /// <summary>Something for it was lost since housekeeping last looked.</summary>
    public bool HasOverflowed { get; set; }

    /// <summary>Whether it speaks JSON; decided by its first frame. Until then it is the kind that a person can read.</summary>
    public bool IsJson { get; set; } = true;

    /// <summary>What it said of itself; <see langword="null"/> until it joined.</summary>
    public Member? Member { get; set; }

    /// <summary>It claims a name that somebody holds, and waits for the verdict.</summary>
    public bool IsClaiming { get; set; }

    /// <summary>It is gone, or lost its name. Set before anything of it is taken out of a table, so that whoever sees it unset under a table's lock may still add to that table.</summary>
    public bool HasLeft
    {
        get => Volatile.Read(ref _hasLeft);
        set => Volatile.Write(ref _hasLeft, value);
    }

    /// <summary>Whether calls to it are delivered at once: it serves, has its name, and nothing waits that came before. Opened by <see cref="Parking"/>; closed there, too, under <see cref="CallsLock"/>.</summary>
    public bool TakesCalls
    {
        get => Volatile.Read(ref _takesCalls);
        set => Volatile.Write(ref _takesCalls, value);
    }

    /// <summary>It joined, and another session has its name: it stands by, or it had the name before.</summary>
    public bool IsNameless
    {
        get => Volatile.Read(ref _isNameless);
        set => Volatile.Write(ref _isNameless, value);
    }

    /// <summary>When it was last called, or was last seen with a call in flight.</summary>
    public TimeSpan LastCalled
    {
        get => new(Volatile.Read(ref _lastCalledTicks));
        set => Volatile.Write(ref _lastCalledTicks, value.Ticks);
    }

    /// <summary>What the agent itself asked of it.</summary>
    public OpenOrders Orders => LazyInitializer.EnsureInitialized(ref _orders);

    /// <summary>Whether the agent ever asked anything of it.</summary>
    public bool HasOrders => Volatile.Read(ref _orders) is not null;

    /// <summary>Its calls that wait for a node; guarded by <see cref="Parking"/>.</summary>
    public int ParkedCalls { get; set; }

    /// <summary>Their bytes; guarded likewise.</summary>
    public int ParkedBytes { get; set; }

    /// <summary>Calls of this participant that are in flight elsewhere.</summary>
    public int CallsOut;

    /// <summary>Those of them that are requirements, which wait for nodes of other agents.</summary>
    public int RequirementsOut;

    /// <summary>Subscriptions; guarded by the book of them.</summary>
    public SubscriptionShare? Subscriptions { get; set; }

    /// <summary>Guards <see cref="Calls"/>.</summary>
    public Lock CallsLock { get; } = new();

    /// <summary>What this participant has to answer: calls, and publications to acknowledge. Guarded by <see cref="CallsLock"/>.</summary>
    public CallTable<Exchange> Calls => _calls ??= new CallTable<Exchange>(_hub.Options.MaxCalls);

    /// <summary>Whether anything is in flight to it; read without the lock.</summary>
    public bool HasCalls => _calls is { Count: > 0 };

    /// <summary>Cancelled when the session is to close.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Why the session closes, if this side decided so.</summary>
    public ErrorInfo? CloseReason => Volatile.Read(ref _closeReason);

    /// <summary>Has the session close with a goodbye. The first reason counts.</summary>
    public void Close(ErrorInfo reason)
    {
        if (Interlocked.CompareExchange(ref _closeReason, reason, null) is not null)
        {
            return;
        }

        try
        {
            _closing.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }

    /// <summary>Notes that frames were queued which are not flushed yet.</summary>
    /// <returns>Whether the caller is the one who has to flush.</returns>
    public bool TryMarkDirty() => Interlocked.Exchange(ref _isDirty, 1) == 0;

    public void Flush()
    {
        Volatile.Write(ref _isDirty, 0);
        Outbox.Flush();
    }

    public void Dispose() => _closing.Dispose();
}
