using System.Globalization;
using System.Text.Json;
using LocalCast.Agent.Nodes;

namespace LocalCast.Cli;

/// <summary>Nodes as <c>ps</c> shows them: an array for programs, a table for people.</summary>
internal static class NodeTable
{
    private const double MiB = 1024 * 1024;

    private static readonly string[] _columns = ["NAME", "STATE", "SINCE", "RESTARTS", "PID", "CPU", "MEMORY", "REQUIRES", "REASON"];

    public static void WriteJson(IReadOnlyList<NodeRow> rows) => StandardOutput.WriteJson(writer => JsonSerializer.Serialize(writer, rows, OperationsJson.Default.IReadOnlyListNodeRow));

    public static void WriteTable(IReadOnlyList<NodeRow> rows) => TextTable.Write(_columns, rows.Select(Cells));

    public static IReadOnlyList<string> Lay(IReadOnlyList<NodeRow> rows) => TextTable.Lay(_columns, rows.Select(Cells));

    private static string[] Cells(NodeRow row) =>
    [
        row.Name,
        row.Role == "client" ? $"{row.State} (client)" : row.State,
        TextTable.Rough(TimeProvider.System.GetUtcNow() - row.Since),
        row.Supervised ? row.Restarts.ToString(CultureInfo.InvariantCulture) : "",
        row.Pid?.ToString(CultureInfo.InvariantCulture) ?? "",
        row.CpuPercent is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{percent:0.0}%") : "",
        row.MemoryBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes / MiB:0.0}M") : "",
        string.Join(' ', row.Requires),
        row.Reason ?? "",
    ];
}
