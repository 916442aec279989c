namespace LocalCast.Supervision;

/// <summary>How the last upgrade of a node went.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="At">Since when.</param>
/// <param name="Reason">Why it was rolled back.</param>
/// <param name="RestartedBecause">Why the node was stopped and started, instead of a second instance taking over.</param>
public sealed record UpgradeReport(UpgradeOutcome Outcome, TimeSpan At, string? Reason = null, string? RestartedBecause = null);

/// <summary>What became of an upgrade.</summary>
public enum UpgradeOutcome
{
    /// <summary>It is under way: until the new instance has passed its probation and the old one is gone.</summary>
    Running,

    /// <summary>The new manifest is in force.</summary>
    Done,

    /// <summary>The old manifest is in force.</summary>
    RolledBack,
}
