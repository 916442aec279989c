namespace LocalCast.Agent.Nodes;

/// <summary>A line of <c>ps</c>: a participant, or a node that is looked after, running or not.</summary>
public sealed record NodeRow
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    public required string State { get; init; }

    /// <summary>Since when.</summary>
    /// <remarks>Absent in the answer of an agent that looks after no nodes, as what else is not required here.</remarks>
    public DateTimeOffset Since { get; init; }

    /// <summary>How often it was started again after a failure.</summary>
    public int Restarts { get; init; }

    /// <summary>Its process.</summary>
    public int? Pid { get; init; }

    /// <summary>The nodes it requires.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>Why it stands there.</summary>
    public string? Reason { get; init; }

    /// <summary><c>node</c> or <c>client</c>.</summary>
    public string? Role { get; init; }

    /// <summary>The version of its software.</summary>
    public string? Version { get; init; }

    /// <summary>What it is, in a line.</summary>
    public string? Description { get; init; }

    /// <summary>Whether the agent looks after it.</summary>
    public bool Supervised { get; init; }

    /// <summary>What starts it.</summary>
    public string? Activation { get; init; }

    /// <summary>The prerequisites it waits for.</summary>
    public IReadOnlyList<string>? WaitingOn { get; init; }

    /// <summary>When the next step is due.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>How its last instance ended.</summary>
    public string? LastExit { get; init; }

    /// <summary>Its last exit code.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Things to know beside the state.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>In the answer to an upgrade: why the node was restarted instead, so that calls may have failed meanwhile.</summary>
    public string? RestartedBecause { get; init; }

    /// <summary>Percent of one core, since the last look.</summary>
    public double? CpuPercent { get; init; }

    /// <summary>Resident memory of its process tree.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Methods that it offers.</summary>
    public IReadOnlyList<string>? Methods { get; init; }

    /// <summary>Topics that it subscribes to.</summary>
    public IReadOnlyList<string>? Topics { get; init; }

    /// <summary>How long it is joined.</summary>
    public long? UptimeMs { get; init; }

    /// <summary>Its channel.</summary>
    public string? Channel { get; init; }

    /// <summary>Without what can be asked for elsewhere, and no text longer than a line.</summary>
    internal NodeRow Brief => this with { Reason = Cut(Reason), Description = null, Notes = null, Methods = null, Topics = null, Channel = null, LastExit = null };

    private static string? Cut(string? text) => text is { Length: > 120 } ? text[..119] + "…" : text;
}
