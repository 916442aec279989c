namespace LocalCast.Supervision;

/// <summary>How it is found out that a node is up.</summary>
public sealed record ReadinessSpec
{
    /// <summary>The way.</summary>
    public ReadinessKind Kind { get; init; }

    /// <summary>For <see cref="ReadinessKind.Log"/>: a regular expression that a line of its output has to match.</summary>
    public string? Pattern { get; init; }

    /// <summary>For <see cref="ReadinessKind.Http"/>: has to answer with 200 to 399.</summary>
    public Uri? Url { get; init; }

    /// <summary>For <see cref="ReadinessKind.Exec"/>: a command that has to end with 0.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>For <see cref="ReadinessKind.Exit"/>: the exit codes that mean done.</summary>
    public IReadOnlyList<int> Codes { get; init; } = [0];

    /// <summary>How long starting may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause between probes by <see cref="ReadinessKind.Http"/> and <see cref="ReadinessKind.Exec"/>.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long one probe may take.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);
}

/// <summary>Ways to find out that a node is up.</summary>
public enum ReadinessKind
{
    /// <summary>It joined and answers its ping.</summary>
    Pong,

    /// <summary>It joined, and says that it is ready.</summary>
    Notify,

    /// <summary>It printed a line.</summary>
    Log,

    /// <summary>It answers a request.</summary>
    Http,

    /// <summary>A command says so.</summary>
    Exec,

    /// <summary>It ran to its end: a job.</summary>
    Exit,
}
