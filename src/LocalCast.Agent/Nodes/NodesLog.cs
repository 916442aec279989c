using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Nodes;

internal static partial class NodesLog
{
    [LoggerMessage(5101, LogLevel.Warning, "The data folder {Folder} cannot be made: {Reason}", EventName = "NoDataFolder")]
    public static partial void NoDataFolder(ILogger logger, string folder, string reason);

    [LoggerMessage(5102, LogLevel.Warning, "The data folder {Folder} cannot be locked against other agents: {Reason}", EventName = "DataFolderNotLocked")]
    public static partial void DataFolderNotLocked(ILogger logger, string folder, string reason);
}
