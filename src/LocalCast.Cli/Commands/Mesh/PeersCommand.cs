using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LocalCast.Agent.Mesh;

namespace LocalCast.Cli.Commands;

/// <summary><c>peers</c></summary>
internal sealed class PeersCommand : ClientCommand
{
    private static readonly string[] _columns = ["AGENT", "ADDRESS", "DIRECTION", "STATE", "RTT", "SENT", "RECEIVED", "SINCE", "POINTS", "LAST ERROR"];

    private readonly Option<bool> _events = new("--events") { Description = "Show instead how often what happened since the agent's start: links that opened and were refused, what neighbours sent that they should not, what could not be passed on." };

    private readonly Option<bool> _all = new("--all") { Description = "Show instead all agents that can be reached, also over others: how far away they are, by way of whom, and their nodes." };

    public PeersCommand()
        : base(
            "peers",
            "Show the links to other agents, and the peers that have none yet, with the reason. SENT and RECEIVED are messages and KiB (K); RTT is the measured round trip; POINTS are those for misbehaviour, 100 are a ban.",
            "localcast peers",
            "localcast peers --json",
            "localcast peers --all",
            "localcast peers --events")
    {
        Add(_events);
        Add(_all);
        Validators.Add(result =>
        {
            if (result.GetValue(_events) && result.GetValue(_all))
            {
                result.AddError("--events and --all are two different lists: take one.");
            }
        });
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        if (parsed.GetValue(_all))
        {
            AgentTable.Write(await AgentTable.ReadAsync(node, stop), WantsJson(parsed));
            return ExitCodes.Success;
        }

        bool wantsEvents = parsed.GetValue(_events);
        JsonElement answer = await node.AskAsync(wantsEvents ? "mesh-events" : "peers", [], timeout: null, stop);
        if (WantsJson(parsed))
        {
            StandardOutput.WriteJson(answer.WriteTo);
            return ExitCodes.Success;
        }

        if (wantsEvents)
        {
            TextTable.Write(["EVENT", "COUNT"], answer.As(MeshOperationsJson.Default.EventRowArray).Select(row => (IReadOnlyList<string>)[row.Event, row.Count.ToString(CultureInfo.InvariantCulture)]));
            return ExitCodes.Success;
        }

        PeerRow[] rows = answer.As(MeshOperationsJson.Default.PeerRowArray);
        if (rows.Length == 0)
        {
            StandardOutput.WriteLine("no peers: nobody is linked, no address is dialled");
        }
        else
        {
            Write(rows);
        }

        return ExitCodes.Success;
    }

    public static void Write(IEnumerable<PeerRow> rows) => TextTable.Write(_columns, rows.Select(Cells));

    private static IReadOnlyList<string> Cells(PeerRow row) =>
    [
        row.Name is null || row.Name == row.Id ? row.Id ?? "?" : $"{row.Name} ({Short(row.Id ?? "?")})",
        row.Address ?? "",
        row.Direction ?? "",
        row.NextTryMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{row.State}, again in {ms / 1000:0.0} s") : row.State.ToString(),
        row.RttMs is { } rtt ? string.Create(CultureInfo.InvariantCulture, $"{rtt:0.000} ms") : "",
        Traffic(row.Traffic.Sent, row.Traffic.SentBytes),
        Traffic(row.Traffic.Received, row.Traffic.ReceivedBytes),
        row.Since is { } since ? TextTable.Rough(TimeProvider.System.GetUtcNow() - since) : "",
        row.Points > 0 ? row.Points.ToString(CultureInfo.InvariantCulture) : "",
        row.LastError ?? "",
    ];

    public static string Short(string id) => id.Length > 16 ? $"{id[..16]}…" : id;

    private static string Traffic(long messages, long bytes) => messages == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{messages} ({bytes / 1024.0:0.0}K)");
}
