namespace LocalCast.Supervision;

/// <summary>What happens when a node ends by itself.</summary>
public sealed record RestartSpec
{
    /// <summary>When it is started again.</summary>
    public RestartPolicy Policy { get; init; }

    /// <summary>The first pause; it doubles.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest pause.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it has to be up for its failures to be forgotten.</summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Exit codes that are no failure.</summary>
    public IReadOnlyList<int> CleanExitCodes { get; init; } = [0];
}

/// <summary>When a node that ended is started again.</summary>
public enum RestartPolicy
{
    /// <summary>After a failure.</summary>
    OnFailure,

    /// <summary>After any end.</summary>
    Always,

    /// <summary>Not by itself.</summary>
    Never,
}
