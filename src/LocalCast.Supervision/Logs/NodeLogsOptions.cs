namespace LocalCast.Supervision;

/// <summary>How much of what nodes print is kept, and where.</summary>
public sealed class NodeLogsOptions
{
    /// <summary>The folder of the files; it is made when it is missing.</summary>
    public required string Folder { get; set; }

    /// <summary>How many lines of a node are kept in memory.</summary>
    /// <value>1,000.</value>
    public int MemoryLines { get; set; } = 1000;

    /// <summary>How many bytes of text they may have.</summary>
    /// <value>256 KiB.</value>
    public int MemoryBytes { get; set; } = 256 * 1024;

    /// <summary>How large a file may become before the next is begun.</summary>
    /// <value>5 MiB.</value>
    public long MaxFileBytes { get; set; } = 5 * 1024 * 1024;

    /// <summary>How many files a node may have, the current one included.</summary>
    /// <value>4.</value>
    public int MaxFiles { get; set; } = 4;

    /// <summary>How much of one node may wait to be written; what comes then is lost to the file.</summary>
    /// <value>1 MiB.</value>
    public int MaxWaitingBytes { get; set; } = 1024 * 1024;

    /// <summary>How much of all nodes together may wait to be written.</summary>
    /// <value>16 MiB.</value>
    public int MaxWaitingBytesInAll { get; set; } = 16 * 1024 * 1024;
}
