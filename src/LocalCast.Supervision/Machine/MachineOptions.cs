namespace LocalCast.Supervision;

/// <summary>What the <see cref="SupervisorMachine"/> goes by beside the manifests.</summary>
public sealed record MachineOptions
{
    /// <summary>So many failures within <see cref="CrashLoopWindow"/> are a crash loop.</summary>
    public int CrashLoopFailures { get; init; } = 5;

    /// <summary>How far back failures count for a crash loop.</summary>
    public TimeSpan CrashLoopWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How far a pause is spread, as a part of it, so that nodes that failed together do not come back together.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>How often a node that joined and is not ready yet is pinged.</summary>
    public TimeSpan ReadinessPing { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>When a tick is later than this, the agent was late itself, and blames nobody for silence.</summary>
    public TimeSpan OwnLateness { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long somebody who had joined by a node's name before the agent was started may take to come back, until the node is started instead.</summary>
    public TimeSpan ForeignReturn { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Whether there is a mesh, so that a requirement of that scope is worth waiting for.</summary>
    public bool HasMesh { get; init; }

    /// <summary>Transitions kept per node.</summary>
    public int HistoryLength { get; init; } = 50;
}
