using Microsoft.Extensions.Logging;

namespace LocalCast.Agent;

/// <summary>What is logged, and where to.</summary>
public sealed class AgentLoggingOptions
{
    /// <summary>The least level that is logged.</summary>
    /// <value>Information</value>
    public LogLevel Level { get; set; } = LogLevel.Information;

    /// <summary>Whether whoever runs the agent shows how its nodes fare, so that the lines for people need not say it again. Warnings are written in any case.</summary>
    /// <value><see langword="false"/></value>
    public bool AreNodesShown { get; set; }

    /// <summary>A file that gets one JSON object per event, besides the lines for people on stderr.</summary>
    /// <value>none</value>
    public string? FilePath { get; set; }

    /// <summary>How big the file may become before the next one is begun.</summary>
    /// <value>10 MiB</value>
    public long FileMaxBytes { get; set; } = 10 * 1024 * 1024;

    /// <summary>How many files are kept, the one that is written included. The oldest goes first.</summary>
    /// <value>5</value>
    public int FileCount { get; set; } = 5;
}
