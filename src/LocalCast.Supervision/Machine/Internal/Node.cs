namespace LocalCast.Supervision.Internal;

/// <summary>All that is known of one supervised node. Little more than data: what is done with it stands in the classes around it.</summary>
internal sealed class Node(NodeManifest manifest)
{
    internal string Name => Manifest.Name;

    /// <summary>The manifest in force: what runs, or would be launched.</summary>
    internal NodeManifest Manifest { get; set; } = manifest;

    /// <summary>The manifest as it was last read; becomes the one in force by an upgrade, or when nothing runs.</summary>
    internal NodeManifest Loaded { get; set; } = manifest;

    /// <summary>The manifest that was rolled back: not tried again until an operator says so, or it changes.</summary>
    internal NodeManifest? Rejected { get; set; }

    internal string? Refusal { get; set; }

    internal bool IsGone { get; set; }

    internal bool IsForgotten { get; set; }

    internal Wanting Wanting { get; set; }

    /// <summary>Whose doing the next launch is.</summary>
    internal string WantedBy { get; set; } = By.Agent;

    /// <summary>The operator who stopped it; only an operator undoes that.</summary>
    internal string? StoppedBy { get; set; }

    /// <summary>Whether that was before the node was loaded: under an agent before this one, most often.</summary>
    internal bool WasStoppedBefore { get; set; }

    /// <summary>Who joined under its name without being started by the supervisor.</summary>
    internal ForeignInstance? Foreign { get; set; }

    /// <summary>Until when whoever had its name under the agent before this one may come back to it.</summary>
    internal TimeSpan? ForeignDue { get; set; }

    internal Instance? Current { get; set; }

    /// <summary>The second instance in an upgrade, and after it until it is gone.</summary>
    internal Instance? Other { get; set; }

    internal OtherRole Role { get; set; }

    /// <summary>That what lives of it has to end; there until all of it is gone.</summary>
    internal StopOrder? Order { get; set; }

    internal Rest? Rest { get; set; }

    internal int Generation { get; set; }

    internal int Restarts { get; set; }

    /// <summary>Failures since it was last up for long enough, or an operator gave it a new chance.</summary>
    internal int Failures { get; private set; }

    /// <summary>Whether those failures were not all of one kind.</summary>
    internal bool AreFailuresMixed { get; private set; }

    /// <summary>The last of them.</summary>
    private string? LastFailure { get; set; }

    internal FailureWindow Window { get; } = new();

    internal bool IsCrashLooping { get; set; }

    internal Wait Wait { get; } = new();

    internal Upgrading? Upgrading { get; set; }

    /// <summary>Who asked for the upgrade that is still to be done.</summary>
    internal string? UpgradeWish { get; set; }

    internal UpgradeReport? UpgradeReport { get; set; }

    internal bool HoldsCalls { get; set; }

    internal SupervisedState State { get; set; } = SupervisedState.Waiting;

    internal string? Reason { get; set; }

    internal TimeSpan? Until { get; set; }

    internal TimeSpan Since { get; set; }

    internal Transition[] History { get; set; } = [];

    internal ExitStatus? LastExit { get; set; }

    internal ProbeReport? LastProbe { get; set; }

    internal BootTimes? Boot { get; set; }

    /// <summary>The first start: what happens later does not change how the boot went.</summary>
    internal BootTimes? FirstBoot { get; set; }

    internal NodeView? View { get; set; }

    internal bool IsTouched { get; set; }

    internal TimeSpan? Scheduled { get; set; }

    internal bool IsUp => State is SupervisedState.Ready or SupervisedState.Degraded;

    internal bool IsAlive => Current is not null || Other is not null;

    /// <summary>Alive, and not given up.</summary>
    internal bool IsRunning => Current is { IsGivenUp: false } || Other is { IsGivenUp: false };

    internal bool IsJobDone => State == SupervisedState.Completed && Manifest.Readiness.Kind == ReadinessKind.Exit;

    internal bool IsWanted => Wanting != Wanting.Nobody && StoppedBy is null;

    internal bool IsOnDemand => Manifest.Activation.Mode == ActivationMode.OnDemand;

    internal string StateAndReason => Reason is null ? State.ToString() : $"{State}: {Reason}";

    internal void CountFailure(string reason)
    {
        AreFailuresMixed |= Failures > 0 && reason != LastFailure;
        (Failures, LastFailure) = (Failures + 1, reason);
    }

    internal void ForgetFailures() => (Failures, AreFailuresMixed) = (0, false);

    /// <summary>It is up; or, if it is a job, done.</summary>
    internal void NoteReady(TimeSpan now)
    {
        if (Boot is { Ready: null } boot)
        {
            bool isFirst = ReferenceEquals(FirstBoot, boot);
            Boot = boot with { Ready = now };
            FirstBoot = isFirst ? Boot : FirstBoot;
        }
    }

    internal Instance? Find(int generation) =>
        Current?.Generation == generation ? Current : Other?.Generation == generation ? Other : null;

    internal TimeSpan? NextDue()
    {
        TimeSpan? instances = Due.Min(Current?.NextDue(), Other?.NextDue());
        TimeSpan? pause = State is SupervisedState.Backoff or SupervisedState.CrashLoop && !IsAlive ? Rest?.Until : null;
        return Due.Min(Due.Min(instances, pause), Due.Min(Due.Min(Upgrading?.Due, Due.Min(Wait.Due, Wait.AskDue)), Due.Min(Foreign?.AskedUntil, ForeignDue)));
    }
}

/// <summary>Who wants a node to be up, beside those who require it.</summary>
internal enum Wanting
{
    Nobody,
    Boot,
    Demand,
    Operator,
}

/// <summary>What the second instance of a node is there for.</summary>
internal enum OtherRole
{
    /// <summary>It is not ready yet, or waits for the name.</summary>
    Successor,

    /// <summary>It had the name, and gets it back when the new one fails.</summary>
    Reserve,

    /// <summary>It is to end.</summary>
    Leaving,
}

/// <summary>Why a node has to end.</summary>
internal sealed record StopOrder(StopKind Kind, string Cause, string By);

/// <summary>Occasions to stop a node.</summary>
internal enum StopKind
{
    Operator,
    Restart,
    Binding,
    Idle,
    Disabled,
    Agent,
    Foreigner,
}

/// <summary>Why a node that ended does not run; until a time, or for good.</summary>
internal sealed record Rest(SupervisedState State, string Reason, TimeSpan? Until);

/// <summary>Who does things, when it is no person and no node.</summary>
internal static class By
{
    internal const string Agent = "agent";
}
