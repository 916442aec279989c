namespace LocalCast.Supervision.Internal;

/// <summary>A participant that joined by itself under a name, and was not started by the supervisor.</summary>
internal sealed class ForeignInstance(string? version, int? pid)
{
    internal string? Version { get; } = version;

    internal int? Pid { get; } = pid;

    internal bool IsReady { get; set; }

    /// <summary>It was asked to end, and may take until then. It cannot be made to: its process is not ours.</summary>
    internal TimeSpan? AskedUntil { get; set; }
}
