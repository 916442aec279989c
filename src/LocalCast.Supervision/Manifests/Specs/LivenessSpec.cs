namespace LocalCast.Supervision;

/// <summary>How a node that is up is watched: by its own ping.</summary>
public sealed record LivenessSpec
{
    /// <summary>Whether it is watched, once it joined.</summary>
    public bool IsOn { get; init; } = true;

    /// <summary>How often it is asked.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it may take to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After how many missed pongs in a row it is restarted; after the first it is Degraded.</summary>
    public int Failures { get; init; } = 2;
}
