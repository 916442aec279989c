using Microsoft.Extensions.Logging;

namespace LocalCast.Transports.Kestrel.Internal;

internal static partial class WebLog
{
    [LoggerMessage(1101, LogLevel.Debug, "A request of {Remote} broke off: {Reason}", EventName = "RequestBroken")]
    public static partial void Broken(ILogger logger, string remote, string reason);

    [LoggerMessage(1102, LogLevel.Error, "Answering {Path} failed", EventName = "RequestDefect")]
    public static partial void Defect(ILogger logger, string path, Exception exception);
}
