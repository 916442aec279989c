using LocalCast.Protocol;

namespace LocalCast.Supervision;

/// <summary>Something that the machine decided, for the runtime to do. Effects are done in their order.</summary>
public abstract record Effect(string Node)
{
    /// <summary>Start an instance. Answered by exactly one of Launched and LaunchFailed; after Launched, by exactly one Exited.</summary>
    public sealed record Launch(string Node, int Generation, NodeManifest Manifest) : Effect(Node);

    /// <summary>Ask an instance, in band, to end within the time. An instance that did not join is not asked.</summary>
    public sealed record AskToStop(string Node, int Generation, TimeSpan Within, string Reason) : Effect(Node);

    /// <summary>Signal the process to end; for code in the agent, cancel its stop token.</summary>
    public sealed record Terminate(string Node, int Generation) : Effect(Node);

    /// <summary>Kill the whole process tree; for code in the agent, give it up.</summary>
    public sealed record Kill(string Node, int Generation) : Effect(Node);

    /// <summary>Send the node's own ping. Answered by Ponged, or by nothing.</summary>
    public sealed record Ping(string Node, int Generation) : Effect(Node);

    /// <summary>Run the readiness probe (http or exec) once. Answered by ProbeEnded.</summary>
    public sealed record Probe(string Node, int Generation) : Effect(Node);

    /// <summary>From now on, hold calls to the node back instead of delivering them.</summary>
    public sealed record HoldCalls(string Node) : Effect(Node);

    /// <summary>Deliver what was held back, to whoever has the name now, and hold back no more.</summary>
    public sealed record ReleaseCalls(string Node) : Effect(Node);

    /// <summary>Answer all held back and parked calls and requires of the node with the error.</summary>
    public sealed record FailCalls(string Node, ErrorInfo Error) : Effect(Node);

    /// <summary>Tell when the instance has no call in flight: answered by Drained.</summary>
    public sealed record WatchDrain(string Node, int Generation) : Effect(Node);

    /// <summary>Give the node's name to this instance's session; the one that had it stays connected without a name.</summary>
    public sealed record MoveName(string Node, int Generation) : Effect(Node);

    /// <summary>Find out for how long nobody called the node: answered by IdleFor.</summary>
    public sealed record AskIdle(string Node, int Generation) : Effect(Node);

    /// <summary>Have a node of another agent that fits show within the time that it lives, unless one did within the requirement's freshness. Answered by exactly one MeshConfirmed.</summary>
    public sealed record AskMesh(string Node, Requirement Requirement, TimeSpan Within) : Effect(Node);

    /// <summary>A transition happened: log, publish and remember it.</summary>
    public sealed record Report(string Node, Transition Transition, bool IsLoud) : Effect(Node);

    /// <summary>An essential node failed: stop the agent with its exit code.</summary>
    public sealed record StopAgent(string Node, int ExitCode, string Reason) : Effect(Node);
}
