namespace LocalCast.Supervision;

/// <summary>When a node is started.</summary>
public sealed record ActivationSpec
{
    /// <summary>By what.</summary>
    public ActivationMode Mode { get; init; }

    /// <summary>For a node on demand: stopped when nobody called it for so long; <see langword="null"/> for never.</summary>
    public TimeSpan? IdleTimeout { get; init; }
}

/// <summary>What starts a node.</summary>
public enum ActivationMode
{
    /// <summary>The agent's own start.</summary>
    Boot,

    /// <summary>The first call, or somebody who requires it.</summary>
    OnDemand,

    /// <summary>Only an operator, or a node that requires it.</summary>
    Manual,
}
