using Microsoft.Extensions.Logging;

namespace LocalCast.Broadcasting.Internal;

internal static partial class HubLog
{
    [LoggerMessage(2001, LogLevel.Information, "[{Session}] {Name} joined as {Role}", EventName = "Joined")]
    public static partial void Joined(ILogger logger, string session, string name, string role);

    [LoggerMessage(2002, LogLevel.Information, "[{Session}] {Name} left: {Reason}", EventName = "Left")]
    public static partial void Left(ILogger logger, string session, string name, string reason);

    [LoggerMessage(2003, LogLevel.Warning, "[{Session}] refused: {Reason}", EventName = "Refused")]
    public static partial void Refused(ILogger logger, string session, string reason);

    [LoggerMessage(2004, LogLevel.Warning, "[{Session}] {Name} is behind: {QueuedBytes} bytes wait for it", EventName = "SlowParticipant")]
    public static partial void Slow(ILogger logger, string session, string name, int queuedBytes);

    [LoggerMessage(2005, LogLevel.Error, "Accepting at {Address} failed", EventName = "AcceptFailed")]
    public static partial void AcceptFailed(ILogger logger, string address, Exception exception);

    [LoggerMessage(2006, LogLevel.Error, "[{Session}] a defect ended the session", EventName = "SessionDefect")]
    public static partial void Defect(ILogger logger, string session, Exception exception);

    [LoggerMessage(2007, LogLevel.Error, "A defect in housekeeping", EventName = "HousekeepingDefect")]
    public static partial void HousekeepingDefect(ILogger logger, Exception exception);

    [LoggerMessage(2008, LogLevel.Error, "A defect in the keeper's {Member}", EventName = "KeeperDefect")]
    public static partial void KeeperDefect(ILogger logger, string member, Exception exception);
}
