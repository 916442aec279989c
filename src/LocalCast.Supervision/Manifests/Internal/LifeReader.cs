namespace LocalCast.Supervision.Internal;

/// <summary>Reads how a node is watched, restarted, stopped, started and changed, and its ceilings.</summary>
internal static class LifeReader
{
    private const long OneHour = 60 * 60 * 1000;
    private const long OneDay = 24 * OneHour;
    private const long MiB = 1024 * 1024;

    public static LivenessSpec Liveness(Section section)
    {
        var defaults = new LivenessSpec();
        bool isOn = section.Word("kind", ManifestWords.Liveness) is not "none";
        return new LivenessSpec
        {
            IsOn = isOn,
            Interval = section.Milliseconds("intervalMs", 100, OneHour) ?? defaults.Interval,
            Timeout = section.Milliseconds("timeoutMs", 100, OneHour) ?? defaults.Timeout,
            Failures = (int?)section.Number("failures", 1, 100) ?? defaults.Failures,
        };
    }

    public static RestartSpec Restart(Section section)
    {
        var defaults = new RestartSpec();
        TimeSpan backoff = section.Milliseconds("backoffMs", 1, OneHour) ?? defaults.Backoff;
        TimeSpan? longest = section.Milliseconds("maxBackoffMs", 1, OneDay);
        if (longest < backoff)
        {
            section.Report("maxBackoffMs", $"expected at least backoffMs ({backoff.TotalMilliseconds}), got {longest.Value.TotalMilliseconds}");
        }

        return new RestartSpec
        {
            Policy = section.Choice<RestartPolicy>("policy") ?? defaults.Policy,
            Backoff = backoff,
            MaxBackoff = longest ?? (backoff > defaults.MaxBackoff ? backoff : defaults.MaxBackoff),
            ResetAfter = section.Milliseconds("resetAfterMs", 0, OneDay) ?? defaults.ResetAfter,
            CleanExitCodes = section.Codes("cleanExitCodes") ?? defaults.CleanExitCodes,
        };
    }

    public static StopSpec Stop(Section section)
    {
        var defaults = new StopSpec();
        return new StopSpec
        {
            Timeout = section.Milliseconds("timeoutMs", 0, OneHour) ?? defaults.Timeout,
            TerminateTimeout = section.Milliseconds("terminateMs", 0, OneHour) ?? defaults.TerminateTimeout,
            KillTimeout = section.Milliseconds("killMs", 100, OneHour) ?? defaults.KillTimeout,
            MaxExtension = section.Milliseconds("maxExtensionMs", 0, OneDay) ?? defaults.MaxExtension,
        };
    }

    public static ActivationSpec Activation(Section section)
    {
        ActivationMode? mode = section.Choice<ActivationMode>("mode");
        if (mode != ActivationMode.OnDemand && (mode is not null || !section.Has("mode")))
        {
            section.Refuse("idleMs", "is for mode \"onDemand\": nobody would start the node again");
        }

        return new ActivationSpec { Mode = mode ?? default, IdleTimeout = section.Milliseconds("idleMs", 100, 30 * OneDay) };
    }

    public static ReloadSpec Reload(Section section, IReadOnlyList<string>? watch)
    {
        var defaults = new ReloadSpec();
        return new ReloadSpec
        {
            Mode = section.Choice<ReloadMode>("mode") ?? defaults.Mode,
            Watch = watch ?? defaults.Watch,
            Probation = section.Milliseconds("probationMs", 0, OneHour) ?? defaults.Probation,
        };
    }

    public static ResourceSpec Resources(Section section) => new()
    {
        MemoryBytes = section.Number("memoryMb", 1, 64 * MiB) * MiB,
        Cpus = section.Fraction("cpus", 0.01, 1024),
    };
}
