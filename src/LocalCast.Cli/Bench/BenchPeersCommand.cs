using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using LocalCast.Cli.Commands;

namespace LocalCast.Cli.Bench;

/// <summary><c>bench peers</c></summary>
internal sealed class BenchPeersCommand : CliCommand
{
    private static readonly TimeSpan _settling = TimeSpan.FromSeconds(20); // the compiler and the collector settle

    private readonly Option<int> _peers = SharedOptions.WholeNumber("--peers", "How many peers are linked to the agent.", 1, 4096, byDefault: 1000);
    private readonly Option<int> _rest = SharedOptions.WholeNumber("--rest", "For how many seconds the agent is watched at rest.", 1, 3600, byDefault: 20);
    private readonly Option<int> _limit = SharedOptions.WholeNumber("--limit", "How many seconds the links, and the news of them, may take.", 1, 3600, byDefault: 300);
    private readonly Option<bool> _withoutNews = new("--without-news") { Description = "Peers take no news of one another: the links are measured without the documents of all being told to all." };
    private readonly Option<bool> _json = SharedOptions.Json();

    public BenchPeersCommand()
        : base(
            "peers",
            "Measure an agent of its own with many other agents linked to it, without TLS: its memory per link and its CPU at rest. The peers are in this process.",
            "localcast bench peers --peers 1000",
            "localcast bench peers --peers 1000 --rest 60 --json")
    {
        Add(_peers);
        Add(_rest);
        Add(_limit);
        Add(_withoutNews);
        Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        int count = parsed.GetValue(_peers);
        bool takeNews = !parsed.GetValue(_withoutNews);
        await using BenchAgent agent = await BenchAgent.StartAsync("hub", new JsonObject { ["maxLinks"] = count, ["maxInbound"] = count }, peer: null, stop);
        await using LocalNode client = await agent.JoinAsync(stop);
        await Task.Delay(_settling, TimeProvider.System, stop);
        long bytes = agent.Process.ResidentBytes;
        TimeSpan processor = agent.Process.ProcessorTime;
        long start = Stopwatch.GetTimestamp();
        await using StarOfPeers star = await StarOfPeers.LinkAsync(agent.Url, count, takeNews, stop);
        await star.WaitUntilLinkedAsync(client, takeNews, TimeSpan.FromSeconds(parsed.GetValue(_limit)), stop);
        TimeSpan linking = Stopwatch.GetElapsedTime(start);
        TimeSpan linkingProcessor = agent.Process.ProcessorTime - processor;
        await Task.Delay(_settling, TimeProvider.System, stop);
        long grown = agent.Process.ResidentBytes - bytes;
        double rest = await MeasureRestAsync(agent.Process, TimeSpan.FromSeconds(parsed.GetValue(_rest)), stop);
        await star.WaitUntilLinkedAsync(client, takeNews, TimeSpan.FromSeconds(parsed.GetValue(_limit)), stop); // nobody fell off meanwhile
        new PeersMeasurement(count, bytes, grown, rest, linking, linkingProcessor).Write(parsed.GetValue(_json));
        return ExitCodes.Success;
    }

    private static async Task<double> MeasureRestAsync(ChildProcess agent, TimeSpan time, CancellationToken stop)
    {
        TimeSpan before = agent.ProcessorTime;
        long start = Stopwatch.GetTimestamp();
        await Task.Delay(time, TimeProvider.System, stop);
        return (agent.ProcessorTime - before) / Stopwatch.GetElapsedTime(start) * 100;
    }
}

/// <summary>What was measured.</summary>
/// <param name="Peers">How many links there were.</param>
/// <param name="AgentBytes">The agent's resident memory without links.</param>
/// <param name="Grown">What it grew by with them.</param>
/// <param name="RestPercent">Its CPU while nothing happens, in percent of a core.</param>
/// <param name="Linking">How long it took until all was told to all.</param>
/// <param name="LinkingProcessor">The agent's CPU time meanwhile.</param>
internal sealed record PeersMeasurement(int Peers, long AgentBytes, long Grown, double RestPercent, TimeSpan Linking, TimeSpan LinkingProcessor)
{
    private const double KiB = 1024;

    public void Write(bool asJson)
    {
        if (!asJson)
        {
            StandardOutput.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Peers} peers: {Grown / KiB / Peers:0.0} KiB per link over {AgentBytes / KiB / KiB:0.0} MiB; at rest {RestPercent:0.00} % of a core; linked after {Linking.TotalSeconds:0.0} s, of which the agent took {LinkingProcessor.TotalSeconds:0.0} s of CPU"));
            return;
        }

        StandardOutput.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("peers", Peers);
            writer.WriteNumber("agent_bytes", AgentBytes);
            writer.WriteNumber("bytes_per_link", Grown / Peers);
            writer.WriteNumber("rest_cpu_percent", Math.Round(RestPercent, 3));
            writer.WriteNumber("linking_ms", Math.Round(Linking.TotalMilliseconds));
            writer.WriteNumber("linking_cpu_ms", Math.Round(LinkingProcessor.TotalMilliseconds));
            writer.WriteEndObject();
        });
    }
}
