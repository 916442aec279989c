namespace LocalCast.Agent.Nodes;

/// <summary>What to read of a node's log.</summary>
public sealed record LogsRequest
{
    /// <summary>Only lines after this number.</summary>
    public long? After { get; init; }

    /// <summary>Only lines since this moment.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The most lines, the newest of them.</summary>
    public int? Lines { get; init; }

    /// <summary>How long to wait for a line when there is none.</summary>
    public int? WaitMs { get; init; }
}

/// <summary>Lines of a node's log.</summary>
public sealed record LogsAnswer
{
    /// <summary>The lines, oldest first.</summary>
    public required IReadOnlyList<LogRow> Lines { get; init; }

    /// <summary>To be given as <see cref="LogsRequest.After"/> for what comes next.</summary>
    public required long Next { get; init; }

    /// <summary>The number of the last line there is; above <see cref="Next"/> there is more to read.</summary>
    public required long Last { get; init; }

    /// <summary>What is wrong with the log: a full disk, say.</summary>
    public string? Problem { get; init; }
}

/// <summary>A line that a node printed.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Time">When.</param>
/// <param name="Stream"><c>stdout</c> or <c>stderr</c>.</param>
/// <param name="Text">The line.</param>
public sealed record LogRow(long Sequence, DateTimeOffset Time, string Stream, string Text);

/// <summary>In which order nodes would be stopped.</summary>
/// <param name="Steps">One after the other; the nodes of a step at the same time.</param>
/// <param name="WorstCaseMs">The longest that it can take when no node asks for more time.</param>
/// <param name="WorstCaseExtendedMs">The longest when all ask for all that they may.</param>
public sealed record PlanAnswer(IReadOnlyList<IReadOnlyList<PlanRow>> Steps, long WorstCaseMs, long WorstCaseExtendedMs);

/// <summary>A node in a plan.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Where it stands now.</param>
/// <param name="WorstCaseMs">The longest that its stop can take.</param>
public sealed record PlanRow(string Name, string State, long WorstCaseMs);

/// <summary>Why a node stands where it stands.</summary>
/// <param name="Node">The node.</param>
/// <param name="State">Its state.</param>
/// <param name="Brief">The chain of causes in a line.</param>
/// <param name="Text">All of it, for people.</param>
/// <param name="Chain">The causes, the node itself first.</param>
/// <param name="History">The last transitions, oldest first, those before the agent's start too.</param>
public sealed record WhyAnswer(string Node, string State, string Brief, string Text, IReadOnlyList<Supervision.WhyLink> Chain, IReadOnlyList<Supervision.HistoryEntry> History);

/// <summary>The graph of nodes.</summary>
/// <param name="Text">As a tree.</param>
/// <param name="Dot">For Graphviz.</param>
/// <param name="Nodes">The nodes with what they require.</param>
public sealed record GraphAnswer(string Text, string Dot, IReadOnlyList<GraphNode> Nodes);

/// <summary>A node in the graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Requires">What it requires.</param>
public sealed record GraphNode(string Name, string State, IReadOnlyList<GraphEdge> Requires);

/// <summary>A prerequisite in the graph.</summary>
/// <param name="Node">The node that is needed.</param>
/// <param name="Mode">What needing it means.</param>
public sealed record GraphEdge(string Node, string Mode);

/// <summary>How the last boot went in time.</summary>
/// <param name="Text">As a picture.</param>
/// <param name="TotalMs">From the boot's begin until the last of its nodes was ready.</param>
/// <param name="CriticalPath">The nodes that waited for one another.</param>
/// <param name="Nodes">The nodes of the boot.</param>
/// <param name="Later">Those that were started after it.</param>
public sealed record BootAnswer(string Text, double TotalMs, IReadOnlyList<string> CriticalPath, IReadOnlyList<BootNode> Nodes, IReadOnlyList<BootNode> Later);

/// <summary>One node's start; times in milliseconds.</summary>
/// <param name="Name">The node.</param>
/// <param name="WantedAtMs">When it was to start, counted from the boot's begin.</param>
/// <param name="WaitedMs">How long it waited for prerequisites.</param>
/// <param name="TookMs">How long it took from its launch.</param>
/// <param name="ReadyAtMs">When it was ready.</param>
/// <param name="UnblockedBy">The prerequisite that came last.</param>
public sealed record BootNode(string Name, double WantedAtMs, double? WaitedMs, double? TookMs, double? ReadyAtMs, string? UnblockedBy)
{
    internal static BootNode Of(Supervision.BootRow row) =>
        new(row.Node, Ms(row.WantedAt)!.Value, Ms(row.Waited), Ms(row.Took), Ms(row.ReadyAt), row.UnblockedBy);

    private static double? Ms(TimeSpan? time) => time is { } value ? Math.Round(value.TotalMilliseconds, 1) : null;
}
