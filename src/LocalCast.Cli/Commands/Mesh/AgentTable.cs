using System.Globalization;
using LocalCast.Agent.Mesh;

namespace LocalCast.Cli.Commands;

/// <summary>All agents that can be reached, for people.</summary>
internal static class AgentTable
{
    private static readonly string[] _columns = ["AGENT", "NAME", "HOPS", "RTT", "BY WAY OF", "NODES"];

    public static void Write(AgentRow[] rows)
    {
        if (rows.Length == 0)
        {
            StandardOutput.WriteLine("no other agent can be reached: localcast peers says how the links stand");
            return;
        }

        TextTable.Write(_columns, rows.Select(Cells));
    }

    private static IReadOnlyList<string> Cells(AgentRow row) =>
    [
        PeersCommand.Short(row.Id),
        row.Name,
        row.Hops.ToString(CultureInfo.InvariantCulture),
        string.Create(CultureInfo.InvariantCulture, $"{row.RttMs:0.000} ms"),
        row.NextHop == row.Id ? "" : PeersCommand.Short(row.NextHop),
        string.Join(' ', row.Nodes.Select(node => node.State == "Ready" ? node.Name : $"{node.Name} ({node.State})")),
    ];
}
