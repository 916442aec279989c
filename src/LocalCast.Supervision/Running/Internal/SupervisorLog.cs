using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

internal static partial class SupervisorLog
{
    [LoggerMessage(EventId = 301, Level = LogLevel.Information, Message = "{Node} is {State}: {Cause} (by {By})")]
    public static partial void Transition(ILogger logger, string node, string state, string cause, string by);

    [LoggerMessage(EventId = 302, Level = LogLevel.Warning, Message = "{Node} is {State}: {Cause} (by {By})")]
    public static partial void LoudTransition(ILogger logger, string node, string state, string cause, string by);

    [LoggerMessage(EventId = 312, Level = LogLevel.Information, Message = "{Node} is {State} (by {By})")]
    public static partial void PlainTransition(ILogger logger, string node, string state, string by);

    [LoggerMessage(EventId = 303, Level = LogLevel.Error, Message = "a defect of the supervisor")]
    public static partial void Defect(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 304, Level = LogLevel.Error, Message = "{Effect} of {Node} failed")]
    public static partial void EffectFailed(ILogger logger, string effect, string node, Exception exception);

    [LoggerMessage(EventId = 313, Level = LogLevel.Error, Message = "{Node} could not be asked to show itself")]
    public static partial void MeshAskFailed(ILogger logger, string node, Exception exception);

    [LoggerMessage(EventId = 305, Level = LogLevel.Warning, Message = "{File} cannot be written, what it keeps does not outlive this agent: {Reason}")]
    public static partial void CannotRemember(ILogger logger, string file, string reason);

    [LoggerMessage(EventId = 306, Level = LogLevel.Warning, Message = "{File} cannot be read and is ignored: {Reason}")]
    public static partial void CannotRecall(ILogger logger, string file, string reason);

    [LoggerMessage(EventId = 308, Level = LogLevel.Warning, Message = "{Node}: what was left of process {Pid} by an agent that died is ended")]
    public static partial void Leftover(ILogger logger, string node, int pid);

    [LoggerMessage(EventId = 309, Level = LogLevel.Warning, Message = "{Problem}")]
    public static partial void PluginProblem(ILogger logger, string problem);

    [LoggerMessage(EventId = 311, Level = LogLevel.Warning, Message = "{Count} transitions were not told of: more came than could be written")]
    public static partial void ReportsLost(ILogger logger, int count);

    [LoggerMessage(EventId = 310, Level = LogLevel.Error, Message = "stopping goes on without {Nodes}: they did not end in time")]
    public static partial void StopGivenUp(ILogger logger, string nodes);
}
