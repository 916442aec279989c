using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LocalCast.Protocol;

namespace LocalCast.Cli;

/// <summary>Descriptions of participants: an array for programs, a table for people.</summary>
internal static class Descriptions
{
    public static void WriteJson(IEnumerable<NodeDescription> nodes) => WriteArray(nodes.Select(ToJson));

    public static void WriteJson(IEnumerable<FoundNode> nodes) => WriteArray(nodes.Select(found =>
    {
        JsonObject node = ToJson(found.Description);
        node["round_trip_us"] = Math.Round(found.RoundTrip.TotalMicroseconds, 1);
        return node;
    }));

    public static void WriteTable(IEnumerable<NodeDescription> nodes) => WriteTable(nodes.Select(node => (node, (TimeSpan?)null)), withRoundTrip: false);

    public static void WriteTable(IEnumerable<FoundNode> nodes) => WriteTable(nodes.Select(node => (node.Description, (TimeSpan?)node.RoundTrip)), withRoundTrip: true);

    private static void WriteTable(IEnumerable<(NodeDescription Node, TimeSpan? RoundTrip)> rows, bool withRoundTrip)
    {
        List<string> columns = ["NAME", "ROLE", "STATE", "PID", "VERSION", "UP", "METHODS"];
        (NodeDescription Node, TimeSpan? RoundTrip)[] all = [.. rows];
        bool hasAgents = all.Any(row => row.Node.Agent is not null);
        if (hasAgents)
        {
            columns.Insert(1, "AGENT");
        }

        if (withRoundTrip)
        {
            columns.Add("ROUND TRIP");
        }

        TextTable.Write(columns, all.Select(row => Cells(row.Node, row.RoundTrip, hasAgents)));
    }

    private static List<string> Cells(NodeDescription node, TimeSpan? roundTrip, bool withAgent)
    {
        List<string> cells =
        [
            node.Name, node.Role ?? "", node.Error is null ? node.State ?? "" : $"{node.State} ({node.Error})",
            node.Pid?.ToString(CultureInfo.InvariantCulture) ?? "", node.Version ?? "", node.UptimeMs is { } ms ? TextTable.Rough(TimeSpan.FromMilliseconds(ms)) : "",
            string.Join(' ', node.Methods ?? []),
        ];
        if (withAgent)
        {
            cells.Insert(1, node.Agent ?? "");
        }

        if (roundTrip is { } time)
        {
            cells.Add(string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.000} ms"));
        }

        return cells;
    }

    private static JsonObject ToJson(NodeDescription node) => JsonSerializer.SerializeToNode(node, ControlJson.Default.NodeDescription)!.AsObject();

    private static void WriteArray(IEnumerable<JsonObject> nodes) => StandardOutput.WriteJson(writer =>
    {
        writer.WriteStartArray();
        foreach (JsonObject node in nodes)
        {
            node.WriteTo(writer);
        }

        writer.WriteEndArray();
    });
}
