namespace LocalCast.Supervision.Internal;

/// <summary>One launch of a node, from the effect that asks for it until its end is told.</summary>
internal sealed class Instance(int generation, NodeManifest manifest)
{
    internal int Generation { get; } = generation;

    internal NodeManifest Manifest { get; } = manifest;

    internal StopStep Step { get; set; }

    internal bool IsLaunched { get; set; }

    internal bool IsJoined { get; set; }

    /// <summary>Whether it says of itself that it serves.</summary>
    internal bool SaysReady { get; set; }

    /// <summary>Whether it showed by its own kind of readiness that it is up, and has not lost its connection since.</summary>
    internal bool IsProven { get; set; }

    internal string? Version { get; set; }

    internal int? Pid { get; set; }

    internal IReadOnlyList<string> Notes { get; set; } = [];

    internal string? Misnamed { get; set; }

    internal string? LastProbeOutput { get; set; }

    /// <summary>What it is killed for; its end counts as a failure then.</summary>
    internal string? Fault { get; set; }

    internal TimeSpan? ReadyAt { get; set; }

    /// <summary>The manifest that was in force before, when it took over from a predecessor that died on it.</summary>
    internal NodeManifest? Replaces { get; set; }

    internal TimeSpan? StartDue { get; set; }

    internal TimeSpan? ProbeDue { get; set; }

    internal TimeSpan? PingDue { get; set; }

    internal TimeSpan? PongDue { get; set; }

    internal TimeSpan LastPing { get; set; }

    internal TimeSpan LastPong { get; set; }

    internal int Misses { get; set; }

    internal TimeSpan? LostDue { get; set; }

    internal TimeSpan? StableDue { get; set; }

    internal TimeSpan? IdleDue { get; set; }

    internal TimeSpan? StopDue { get; set; }

    internal TimeSpan Extended { get; set; }

    internal bool IsStopping => Step != StopStep.None;

    /// <summary>Whether anything still has to be done about it: a process that cannot be killed is given up, and only its end is listened for.</summary>
    internal bool IsGivenUp => Step == StopStep.GivenUp;

    internal TimeSpan? NextDue() =>
        Due.Min(Due.Min(Due.Min(StartDue, ProbeDue), Due.Min(PingDue, PongDue)), Due.Min(Due.Min(LostDue, StableDue), Due.Min(IdleDue, StopDue)));

    /// <summary>Begins the watch over an instance that serves from now on.</summary>
    internal void Serve(TimeSpan now)
    {
        StartDue = LostDue = ProbeDue = null;
        LastPong = now;
        Misses = 0;
        PongDue = null;
        StableDue = now + Manifest.Restart.ResetAfter;
        IdleDue = Manifest.Activation is { Mode: ActivationMode.OnDemand, IdleTimeout: { } idle } ? now + idle : null;
        Watch(now);
    }

    internal void Watch(TimeSpan now) => PingDue = IsJoined && Manifest.Liveness.IsOn ? now + Manifest.Liveness.Interval : null;

    /// <summary>Forgets every time but that of stopping.</summary>
    internal void Unwatch() => StartDue = ProbeDue = PingDue = PongDue = LostDue = StableDue = IdleDue = null;
}

/// <summary>How far an instance is on its way out.</summary>
internal enum StopStep
{
    None,
    Asked,
    Terminated,
    Killed,
    GivenUp,
}
