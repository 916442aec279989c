namespace LocalCast.Supervision;

/// <summary>One prerequisite.</summary>
public sealed record Requirement
{
    /// <summary>The node that is needed.</summary>
    public required string Node { get; init; }

    /// <summary>What needing it means.</summary>
    public RequirementMode Mode { get; init; }

    /// <summary>Versions that will do; <see langword="null"/> for any.</summary>
    public VersionRange? Version { get; init; }

    /// <summary>Whether a node of another agent will do.</summary>
    public bool IsMeshWide { get; init; }

    /// <summary>How long it may take until the node is ready.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long ago a node of another agent may have shown by an answer that it lives; it is asked if need be. <see langword="null"/>: its agent's word is enough.</summary>
    public TimeSpan? Freshness { get; init; }

    /// <summary>Whether a version will do; one that is not known only where any will.</summary>
    public bool Fits(string? version) => Version is null || (version is not null && Version.Contains(version));
}

/// <summary>What a prerequisite means.</summary>
public enum RequirementMode
{
    /// <summary>It is started if need be, and waited for.</summary>
    Start,

    /// <summary>It has to be there already.</summary>
    Present,

    /// <summary>As <see cref="Start"/>; and when it goes, the dependent is stopped, and started again when it is back.</summary>
    Bind,

    /// <summary>Only the order: when it is being started, it is waited for.</summary>
    Soft,
}
