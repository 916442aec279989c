using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LocalCast.Protocol;
using Spectre.Console;

namespace LocalCast.Cli;

/// <summary>Descriptions of participants: an array for programs, a table for people.</summary>
internal static class Descriptions
{
    private const int WidthOfPipes = 240;

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
        Table table = new Table().NoBorder().AddColumns("NAME", "ROLE", "STATE", "PID", "VERSION", "UP", "METHODS");
        if (withRoundTrip)
        {
            table.AddColumn("ROUND TRIP");
        }

        foreach ((NodeDescription node, TimeSpan? roundTrip) in rows)
        {
            List<string> cells =
            [
                node.Name, node.Role ?? "", node.Error is null ? node.State ?? "" : $"{node.State} ({node.Error})",
                node.Pid?.ToString(CultureInfo.InvariantCulture) ?? "", node.Version ?? "", node.UptimeMs is { } ms ? Rough(TimeSpan.FromMilliseconds(ms)) : "",
                string.Join(' ', node.Methods ?? []),
            ];
            if (roundTrip is { } time)
            {
                cells.Add(string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.000} ms"));
            }

            table.AddRow(cells.Select(cell => new Text(Failures.OneLine(cell)))); // Text, not markup: names may hold brackets
        }

        Print(table);
    }

    private static void Print(Table table)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        bool isTerminal = !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = isTerminal && Console.WindowWidth > 0 ? Console.WindowWidth : WidthOfPipes; // a pipe has no width to keep to
        console.Write(table);
        foreach (string line in text.ToString().TrimEnd('\n').Split('\n'))
        {
            StandardOutput.WriteLine(line.TrimEnd());
        }
    }

    private static string Rough(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0}s"),
        { TotalHours: < 1 } => $"{time.Minutes}m{time.Seconds}s",
        { TotalDays: < 1 } => $"{time.Hours}h{time.Minutes}m",
        _ => $"{time.Days}d{time.Hours}h",
    };

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
