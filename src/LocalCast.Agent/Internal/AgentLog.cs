using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Internal;

internal static partial class AgentLog
{
    [LoggerMessage(5001, LogLevel.Information, "Agent {Agent} listens at {Pipe}", EventName = "AgentStarted")]
    public static partial void Started(ILogger logger, string agent, string pipe);

    [LoggerMessage(5006, LogLevel.Information, "Agent {Agent} {Version} starts as process {Pid}", EventName = "AgentStarts")]
    public static partial void Starts(ILogger logger, string agent, string version, int pid);

    [LoggerMessage(5002, LogLevel.Information, "Stopping: {Reason}", EventName = "AgentStopping")]
    public static partial void Stopping(ILogger logger, string reason);

    [LoggerMessage(5003, LogLevel.Information, "Stopped after {Milliseconds} ms", EventName = "AgentStopped")]
    public static partial void Stopped(ILogger logger, long milliseconds);

    /// <summary>Settings have no effect.</summary>
    [LoggerMessage(5005, LogLevel.Warning, "{What}", EventName = "SettingsInVain")]
    public static partial void InVain(ILogger logger, string what);

    [LoggerMessage(5004, LogLevel.Error, "The {Part} did not stop cleanly", EventName = "AgentStopFailed")]
    public static partial void StopFailed(ILogger logger, string part, Exception error);
}
