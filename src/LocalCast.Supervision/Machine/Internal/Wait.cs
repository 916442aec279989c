namespace LocalCast.Supervision.Internal;

/// <summary>A node's waiting for its prerequisites.</summary>
internal sealed class Wait
{
    /// <summary>Since when it wants to start; <see langword="null"/> while it does not wait.</summary>
    internal TimeSpan? Since { get; set; }

    /// <summary>When it gives up on the first prerequisite.</summary>
    internal TimeSpan? Due { get; set; }

    /// <summary>When a node of another agent is to be asked again to show itself.</summary>
    internal TimeSpan? AskDue { get; set; }

    /// <summary>What nodes of other agents have shown, by name.</summary>
    internal Dictionary<string, Proof>? Proofs { get; set; }

    internal IReadOnlyList<string> On { get; set; } = [];

    /// <summary>The prerequisite that did not come in time: from now on it only helps when it is up, not that it is on its way.</summary>
    internal string? GaveUpOn { get; set; }

    /// <summary>The prerequisite that it was bound to and that went.</summary>
    internal string? LostBinding { get; set; }

    /// <summary>What it failed of, when it failed of a prerequisite.</summary>
    internal Chain? Blocker { get; set; }

    /// <summary>Since when the node itself is being tried: the clock of those who wait for it, which must not run while it waits for others.</summary>
    internal TimeSpan? TryingSince { get; set; }

    internal string? UnblockedBy { get; set; }

    internal void Clear()
    {
        Since = Due = AskDue = null;
        Proofs = null;
        On = [];
        GaveUpOn = LostBinding = null;
        Blocker = null;
    }
}
