namespace LocalCast.Supervision;

/// <summary>Why a node is as it is: itself, what it waits for, what that waits for, and so on. To be serialized as it is; times are in milliseconds.</summary>
public sealed record WhyReport
{
    /// <summary>The node that was asked about.</summary>
    public required string Node { get; init; }

    /// <summary>The node, and after each node what it waits for or failed of, one deeper.</summary>
    public required IReadOnlyList<WhyLink> Chain { get; init; }

    /// <summary>Links that were left out because there are too many.</summary>
    public int NotShown { get; init; }

    /// <summary>The node's last transitions, oldest first.</summary>
    public IReadOnlyList<WhyTransition> History { get; init; } = [];

    /// <summary>The report in plain words, over several lines.</summary>
    public override string ToString() => Internal.WhyText.Of(this);
}

/// <summary>A node in a chain of causes.</summary>
public sealed record WhyLink
{
    /// <summary>Its name.</summary>
    public required string Node { get; init; }

    /// <summary>How far it is from the node that was asked about.</summary>
    public int Depth { get; init; }

    /// <summary>What it is, in one line: <c>dns is in Backoff: exit 139 (4 times), next try in 12.4 s</c>.</summary>
    public required string Summary { get; init; }

    /// <summary>Its state; <see langword="null"/> when the agent does not run it.</summary>
    public SupervisedState? State { get; init; }

    /// <summary>For how long.</summary>
    public long? ForMs { get; init; }

    /// <summary>Why, where the state does not say it all.</summary>
    public string? Reason { get; init; }

    /// <summary>When the next step is due.</summary>
    public long? NextInMs { get; init; }

    /// <summary>Failures since it was last up for long enough.</summary>
    public int Failures { get; init; }

    /// <summary>What it waits for, or failed of.</summary>
    public IReadOnlyList<string> WaitingOn { get; init; } = [];

    /// <summary>How its last instance ended.</summary>
    public string? LastExit { get; init; }

    /// <summary>The last lines that it wrote to stderr, where it is not well.</summary>
    public IReadOnlyList<string> ErrorLines { get; init; } = [];

    /// <summary>The last probe.</summary>
    public WhyProbe? Probe { get; init; }

    /// <summary>What else there is to know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>What a probe said.</summary>
/// <param name="AgoMs">When.</param>
/// <param name="IsOk">Whether it was content.</param>
/// <param name="Output">What it said.</param>
public sealed record WhyProbe(long AgoMs, bool IsOk, string Output);

/// <summary>A change of state.</summary>
/// <param name="AgoMs">When.</param>
/// <param name="State">To which state.</param>
/// <param name="Cause">Why.</param>
/// <param name="By">By whom.</param>
public sealed record WhyTransition(long AgoMs, SupervisedState State, string Cause, string By);
