using System.Text.Json.Serialization;

namespace LocalCast.Supervision;

/// <summary>Where a supervised node stands. Programs read its name, not its number.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SupervisedState>))]
public enum SupervisedState
{
    /// <summary>It must not run: switched off, stopped by an operator, or the machine lacks what it needs.</summary>
    Disabled,

    /// <summary>It waits for prerequisites; or, on demand, for its first call.</summary>
    Waiting,

    /// <summary>It was launched and is not ready yet.</summary>
    Starting,

    /// <summary>It is up.</summary>
    Ready,

    /// <summary>It is up, and something is wrong: it missed a pong.</summary>
    Degraded,

    /// <summary>It was asked to end, and finishes what it has.</summary>
    Draining,

    /// <summary>It was told to end by a signal.</summary>
    Stopping,

    /// <summary>It ended well and is not to be started again.</summary>
    Completed,

    /// <summary>It failed and is started again after a pause.</summary>
    Backoff,

    /// <summary>It keeps failing; it is still tried, at the longest pause.</summary>
    CrashLoop,

    /// <summary>It failed and is not started again by itself, unless what it failed of goes away.</summary>
    Failed,
}
