namespace LocalCast.Supervision.Internal;

/// <summary>How far an upgrade by a successor is.</summary>
internal sealed class Upgrading(string by)
{
    internal string By { get; } = by;

    internal UpgradePhase Phase { get; set; }

    /// <summary>When draining, or the probation, is over.</summary>
    internal TimeSpan? Due { get; set; }
}

/// <summary>The steps of an upgrade by a successor.</summary>
internal enum UpgradePhase
{
    /// <summary>The successor is not ready yet.</summary>
    Starting,

    /// <summary>The successor is ready, and the old instance finishes its calls.</summary>
    Draining,

    /// <summary>The successor serves, and the old instance stands by.</summary>
    Probation,
}
