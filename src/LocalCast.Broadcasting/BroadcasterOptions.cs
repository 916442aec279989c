using LocalCast.Protocol;

namespace LocalCast.Broadcasting;

/// <summary>The bounds and times of a broadcaster. Every one is finite, so that no participant can make it grow without end.</summary>
public sealed class BroadcasterOptions
{
    /// <summary>The agent's name.</summary>
    /// <value>the machine's name</value>
    public string AgentName { get; set; } = Environment.MachineName;

    /// <summary>The agent's id in the mesh.</summary>
    /// <value>its name</value>
    public string? AgentId { get; set; }

    /// <summary>The agent's version.</summary>
    public string AgentVersion { get; set; } = typeof(BroadcasterOptions).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Frames, JSON depth, headers.</summary>
    public ProtocolLimits Protocol { get; set; } = new();

    /// <summary>The most participants at a time.</summary>
    /// <value>16384</value>
    public int MaxSessions { get; set; } = 16384;

    /// <summary>The most bytes that wait for one participant to read them.</summary>
    /// <value>8 MiB. At three quarters whoever sends to it is slowed for a moment; when it is full, calls to it fail with Busy.</value>
    public int MaxQueuedBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>The most calls in flight from one participant, and to one participant.</summary>
    /// <value>16384</value>
    public int MaxCalls { get; set; } = 16384;

    /// <summary>The most calls that wait for one node to come.</summary>
    /// <value>4096</value>
    public int MaxParkedCalls { get; set; } = 4096;

    /// <summary>The most bytes of calls that wait for one node to come.</summary>
    /// <value>4 MiB: they go into its queue at once when it is there</value>
    public int MaxParkedBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>The most calls of one participant that wait for nodes to come.</summary>
    /// <value>1024</value>
    public int MaxParkedCallsPerCaller { get; set; } = 1024;

    /// <summary>The most bytes of calls of one participant that wait for nodes to come.</summary>
    /// <value>2 MiB</value>
    public int MaxParkedBytesPerCaller { get; set; } = 2 * 1024 * 1024;

    /// <summary>The most subscriptions of one participant.</summary>
    /// <value>10000</value>
    public int MaxSubscriptions { get; set; } = 10_000;

    /// <summary>The most tokens of all subscriptions of one participant: each costs the agent some 300 bytes.</summary>
    /// <value>100000</value>
    public int MaxSubscriptionTokens { get; set; } = 100_000;

    /// <summary>Frames per second that one participant may send; above that it is read more slowly, nothing is lost. 0 switches it off.</summary>
    /// <value>0</value>
    public int MaxFramesPerSecond { get; set; }

    /// <summary>How long a new connection may take for its hello.</summary>
    /// <value>10 s</value>
    public TimeSpan HelloTimeout { get; set; } = Handshake.Limit;

    /// <summary>How long a participant may be silent before it is asked whether it lives.</summary>
    /// <value>60 s</value>
    public TimeSpan KeepAliveAfter { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long it may take to answer that.</summary>
    /// <value>20 s</value>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the holder of a name may take to show that it lives, when somebody else claims the name.</summary>
    /// <value>2 s</value>
    public TimeSpan ClaimProbe { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The deadline of a call, a require or a publication that names none.</summary>
    /// <value>30 s</value>
    public TimeSpan DefaultDeadline { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one subscriber may take to acknowledge before another is tried.</summary>
    /// <value>2 s</value>
    public TimeSpan AckTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a participant may be behind with reading before it is told so.</summary>
    /// <value>2 s</value>
    public TimeSpan TellSlowAfter { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a participant may be behind with reading before it is dropped.</summary>
    /// <value>10 s</value>
    public TimeSpan DropSlowAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a session may take to send its last words when it is closed.</summary>
    /// <value>1 s</value>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(1);
}
