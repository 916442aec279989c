using Microsoft.Extensions.Logging;

namespace LocalCast.Transports.Kestrel.Internal;

internal static partial class PipeLog
{
    [LoggerMessage(1001, LogLevel.Warning, "Refused a connection to {Address}: {Reason}", EventName = "ConnectionRefused")]
    public static partial void Refused(ILogger logger, string address, string reason);
}
