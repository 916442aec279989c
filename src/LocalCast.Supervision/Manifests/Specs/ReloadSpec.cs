namespace LocalCast.Supervision;

/// <summary>How changes get into a running node.</summary>
public sealed record ReloadSpec
{
    /// <summary>The way.</summary>
    public ReloadMode Mode { get; init; }

    /// <summary>Files and folders, relative to the plugin's folder, whose change reloads the node. The manifest is always watched.</summary>
    public IReadOnlyList<string> Watch { get; init; } = [];

    /// <summary>How long a new instance is on probation: if it fails within it, the old one takes over again.</summary>
    public TimeSpan Probation { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Ways to bring a change into a running node.</summary>
public enum ReloadMode
{
    /// <summary>A new instance is started beside the old one and takes its name over; for nodes that do not join, as <see cref="Restart"/>.</summary>
    Swap,

    /// <summary>The old one is stopped, then the new one started.</summary>
    Restart,
}
