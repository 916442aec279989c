using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>How the last boot went in time, and which nodes made it take as long as it took.</summary>
/// <param name="Rows">The nodes of the boot, in the order in which they were ready; those that were not come last.</param>
/// <param name="CriticalPath">The nodes that waited for one another, first to last; being faster elsewhere would have gained nothing.</param>
/// <param name="Total">From the boot's begin until the last of its nodes was ready.</param>
/// <param name="Later">Starts after the boot: on demand, by an operator, after a failure.</param>
public sealed record BootTimeline(IReadOnlyList<BootRow> Rows, IReadOnlyList<string> CriticalPath, TimeSpan Total, IReadOnlyList<BootRow> Later)
{
    // Nodes of one boot are wanted together; some time may pass until the last of a thousand is entered.
    private static readonly TimeSpan _together = TimeSpan.FromSeconds(1);

    /// <summary>Looks at the first start of each node, and at the last one where that is another.</summary>
    public static BootTimeline Of(IEnumerable<NodeView> nodes)
    {
        NodeView[] started = [.. nodes.Where(node => node.FirstBoot is not null).OrderBy(node => node.FirstBoot!.Wanted).ThenBy(node => node.Manifest.Name, StringComparer.Ordinal)];
        if (started.Length == 0)
        {
            return new BootTimeline([], [], TimeSpan.Zero, []);
        }

        TimeSpan begin = started[0].FirstBoot!.Wanted;
        Dictionary<string, BootTimes> boot = started.Where(node => node.FirstBoot!.Wanted - begin <= _together).ToDictionary(node => node.Manifest.Name, node => node.FirstBoot!, StringComparer.Ordinal);
        List<string> path = CriticalPathOf(boot);
        HashSet<string> critical = new(path, StringComparer.Ordinal);
        BootRow[] rows = [.. boot.Select(node => RowOf(node.Key, node.Value, begin, critical.Contains(node.Key))).OrderBy(row => row.ReadyAt ?? TimeSpan.MaxValue)];
        BootRow[] later = [.. started.Where(node => boot.GetValueOrDefault(node.Manifest.Name) != node.Boot).OrderBy(node => node.Boot!.Wanted).Select(node => RowOf(node.Manifest.Name, node.Boot!, begin, isCritical: false))];
        return new BootTimeline(rows, path, rows.Max(row => row.ReadyAt) ?? TimeSpan.Zero, later);
    }

    /// <summary>The time line as a table with bars: <c>·</c> waiting, <c>█</c> starting.</summary>
    public override string ToString() => BootText.Of(this);

    private static List<string> CriticalPathOf(Dictionary<string, BootTimes> boot)
    {
        List<string> path = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        string? name = boot.Where(node => node.Value.Ready is not null).OrderByDescending(node => node.Value.Ready).Select(node => node.Key).FirstOrDefault();
        while (name is not null && boot.TryGetValue(name, out BootTimes? times) && seen.Add(name))
        {
            path.Add(name);
            name = times.UnblockedBy;
        }

        path.Reverse();
        return path;
    }

    private static BootRow RowOf(string name, BootTimes times, TimeSpan begin, bool isCritical) => new(
        name,
        times.Wanted - begin,
        times.Launched - times.Wanted,
        times.Ready - (times.Launched ?? times.Wanted),
        times.Ready - begin,
        times.UnblockedBy,
        isCritical);
}

/// <summary>One node's start.</summary>
/// <param name="Node">The node.</param>
/// <param name="WantedAt">When it was to start, counted from the boot's begin.</param>
/// <param name="Waited">How long it waited for its prerequisites; <see langword="null"/> when it was not launched.</param>
/// <param name="Took">How long it took from its launch until it was ready; <see langword="null"/> when it is not.</param>
/// <param name="ReadyAt">When it was ready, counted from the boot's begin.</param>
/// <param name="UnblockedBy">The prerequisite that came last.</param>
/// <param name="IsCritical">Whether it is on the critical path.</param>
public sealed record BootRow(string Node, TimeSpan WantedAt, TimeSpan? Waited, TimeSpan? Took, TimeSpan? ReadyAt, string? UnblockedBy, bool IsCritical);
