using System.Globalization;
using System.Text.Json;
using LocalCast.Agent.Mesh;

namespace LocalCast.Cli.Commands;

/// <summary>All agents that can be reached.</summary>
internal static class AgentTable
{
    private static readonly string[] _columns = ["AGENT", "NAME", "HOPS", "RTT", "BY WAY OF", "NODES"];

    /// <summary>Asks for one page after the other.</summary>
    public static Task<AgentRow[]> ReadAsync(LocalNode node, CancellationToken stop) => AgentList.ReadAsync(async after =>
        (await node.AskAsync("agents", after is null ? [] : [after], timeout: null, stop)).As(MeshOperationsJson.Default.AgentRowArray));

    public static void Write(AgentRow[] rows, bool asJson)
    {
        if (asJson)
        {
            StandardOutput.WriteJson(writer => JsonSerializer.Serialize(writer, rows, MeshOperationsJson.Default.AgentRowArray));
            return;
        }

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
        string.Join(' ', [.. row.Nodes.Select(node => node.State == "Ready" ? node.Name : $"{node.Name} ({node.State})"), .. LeftOut(row)]),
    ];

    private static string[] LeftOut(AgentRow row) => row.NodesLeftOut > 0 ? [string.Create(CultureInfo.InvariantCulture, $"and {row.NodesLeftOut} more")] : [];
}
