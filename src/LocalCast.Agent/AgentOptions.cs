using LocalCast.Broadcasting;

namespace LocalCast.Agent;

/// <summary>Everything about an agent that can be set.</summary>
public sealed class AgentOptions
{
    /// <summary>The pipe: a simple name, or a rooted path.</summary>
    /// <value>what the environment variable LOCALCAST_PIPE says, else <c>localcast</c></value>
    public string? Pipe { get; set; }

    /// <summary>The agent's name and id, its bounds and its times.</summary>
    public BroadcasterOptions Broadcaster { get; set; } = new();

    /// <summary>What is logged, and where to.</summary>
    public AgentLoggingOptions Logging { get; set; } = new();

    /// <summary>How long stopping may take before what still hangs is left behind.</summary>
    /// <value>10 s</value>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
