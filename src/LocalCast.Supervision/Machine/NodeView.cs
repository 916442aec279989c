namespace LocalCast.Supervision;

/// <summary>A supervised node as it stood at one moment. Immutable. Times are the machine's own; <see cref="TimeSpan"/> since it began.</summary>
public sealed record NodeView
{
    /// <summary>What it is.</summary>
    public required NodeManifest Manifest { get; init; }

    /// <summary>Where it stands.</summary>
    public required SupervisedState State { get; init; }

    /// <summary>Since when.</summary>
    public required TimeSpan Since { get; init; }

    /// <summary>Why, in words; <see langword="null"/> where the state says it all.</summary>
    public string? Reason { get; init; }

    /// <summary>When the next step is due: the next try, the end of a wait.</summary>
    public TimeSpan? Until { get; init; }

    /// <summary>The prerequisites it waits for, or that it failed of.</summary>
    public IReadOnlyList<string> WaitingOn { get; init; } = [];

    /// <summary>How often it was started again after a failure, since an operator last started it.</summary>
    public int Restarts { get; init; }

    /// <summary>Failures since it was last up for long enough.</summary>
    public int Failures { get; init; }

    /// <summary>Whether those were not all of one kind.</summary>
    public bool AreFailuresMixed { get; init; }

    /// <summary>Counts launches; 0 before the first.</summary>
    public int Generation { get; init; }

    /// <summary>The process of the instance that serves.</summary>
    public int? Pid { get; init; }

    /// <summary>Whether the instance was not started by the supervisor.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Whether the instance that serves has joined: only then can it be called.</summary>
    public bool HasJoined { get; init; }

    /// <summary>The operator who stopped it; only an operator undoes that.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>How the last instance ended.</summary>
    public ExitStatus? LastExit { get; init; }

    /// <summary>The last probe and what it said.</summary>
    public ProbeReport? LastProbe { get; init; }

    /// <summary>Things to know that are not the state: a ceiling that could not be set, a folder that is gone.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How the last start went in time.</summary>
    public BootTimes? Boot { get; init; }

    /// <summary>How the first start went; <see langword="null"/> before it.</summary>
    public BootTimes? FirstBoot { get; init; }

    /// <summary>The last upgrade; <see langword="null"/> when there was none.</summary>
    public UpgradeReport? Upgrade { get; init; }

    /// <summary>The last transitions, oldest first; bounded.</summary>
    public IReadOnlyList<Transition> History { get; init; } = [];
}

/// <summary>A change of state.</summary>
/// <param name="At">When.</param>
/// <param name="State">To which state.</param>
/// <param name="Cause">Why.</param>
/// <param name="By">By whom: <c>agent</c>, <c>operator</c>, a caller's name, or the prerequisite.</param>
public sealed record Transition(TimeSpan At, SupervisedState State, string Cause, string By);

/// <summary>How an instance ended.</summary>
/// <param name="Code">The exit code; 128 + the signal when one ended it; <see langword="null"/> when nobody knows (an adopted process).</param>
/// <param name="Signal">The signal that ended it.</param>
/// <param name="At">When.</param>
public sealed record ExitStatus(int? Code, int? Signal, TimeSpan At)
{
    /// <inheritdoc/>
    public override string ToString() => Signal is { } signal ? $"signal {signal}" : Code is { } code ? $"exit {code}" : "an end that nobody saw the code of";
}

/// <summary>What a probe said.</summary>
/// <param name="At">When.</param>
/// <param name="IsOk">Whether it was content.</param>
/// <param name="Output">Its output, or the answer's status; bounded.</param>
public sealed record ProbeReport(TimeSpan At, bool IsOk, string Output);

/// <summary>One start in time.</summary>
/// <param name="Wanted">When it was to start.</param>
/// <param name="Launched">When its prerequisites were met and it was launched.</param>
/// <param name="Ready">When it was ready.</param>
/// <param name="UnblockedBy">The prerequisite that came last.</param>
public sealed record BootTimes(TimeSpan Wanted, TimeSpan? Launched, TimeSpan? Ready, string? UnblockedBy);
