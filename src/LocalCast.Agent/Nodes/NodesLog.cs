using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Nodes;

internal static partial class NodesLog
{
    [LoggerMessage(5101, LogLevel.Warning, "The data folder {Folder} cannot be made: {Reason}", EventName = "NoDataFolder")]
    public static partial void NoDataFolder(ILogger logger, string folder, string reason);
}
