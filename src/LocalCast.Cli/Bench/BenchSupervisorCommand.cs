using System.CommandLine;
using System.Globalization;
using LocalCast.Cli.Commands;

namespace LocalCast.Cli.Bench;

/// <summary><c>bench supervisor</c></summary>
internal sealed class BenchSupervisorCommand : CliCommand
{
    private readonly Option<int> _layers = SharedOptions.WholeNumber("--layers", "How many layers of nodes; each requires all of the one before.", 1, 100, byDefault: 10);
    private readonly Option<int> _width = SharedOptions.WholeNumber("--width", "How many nodes in a layer.", 1, 100, byDefault: 10);
    private readonly Option<int> _rest = SharedOptions.WholeNumber("--rest", "For how many seconds the agent is watched at rest.", 1, 3600, byDefault: 10);
    private readonly Option<int> _rounds = SharedOptions.WholeNumber("--rounds", "How often everything is measured; the medians count.", 1, 100, byDefault: 3);
    private readonly Option<bool> _json = SharedOptions.Json();

    public BenchSupervisorCommand()
        : base(
            "supervisor",
            "Measure an agent of its own with do-nothing nodes in layers: booting them against starting the same executables by hand in waves, its CPU at rest, and how soon a crash is noticed.",
            "localcast bench supervisor",
            "localcast bench supervisor --layers 10 --width 10 --rest 30 --json")
    {
        Add(_layers);
        Add(_width);
        Add(_rest);
        Add(_rounds);
        Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        int layers = parsed.GetValue(_layers);
        int width = parsed.GetValue(_width);
        var rounds = new List<SupervisorMeasurement>();
        for (int round = 0; round < parsed.GetValue(_rounds); round++)
        {
            TimeSpan byHand = await WavesByHand.MeasureAsync(layers, width, stop);
            await using SupervisedNodes nodes = await SupervisedNodes.BootAsync(layers, width, stop);
            double rest = await nodes.MeasureRestAsync(TimeSpan.FromSeconds(parsed.GetValue(_rest)), stop);
            rounds.Add(new SupervisorMeasurement(byHand.TotalMilliseconds, nodes.BootTime.TotalMilliseconds, nodes.UpTime.TotalMilliseconds, rest, (await nodes.MeasureCrashAsync(stop)).TotalMilliseconds));
        }

        SupervisorMeasurement.Median(rounds).Write(parsed.GetValue(_json), layers * width);
        return ExitCodes.Success;
    }
}

/// <summary>What a round measured.</summary>
internal sealed record SupervisorMeasurement(double ByHandMs, double BootMs, double UpMs, double RestPercent, double CrashNoticedMs)
{
    public static SupervisorMeasurement Median(IReadOnlyList<SupervisorMeasurement> rounds) => new(
        Middle(rounds.Select(round => round.ByHandMs)), Middle(rounds.Select(round => round.BootMs)), Middle(rounds.Select(round => round.UpMs)),
        Middle(rounds.Select(round => round.RestPercent)), Middle(rounds.Select(round => round.CrashNoticedMs)));

    public void Write(bool asJson, int nodes)
    {
        if (!asJson)
        {
            StandardOutput.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{nodes} nodes: boot {BootMs:0} ms, by hand {ByHandMs:0} ms, ratio {BootMs / ByHandMs:0.00}; {UpMs:0} ms from the start of the agent itself; at rest {RestPercent:0.00} % of a core; a crash is noticed after {CrashNoticedMs:0.0} ms"));
            return;
        }

        StandardOutput.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("nodes", nodes);
            writer.WriteNumber("by_hand_ms", Math.Round(ByHandMs, 1));
            writer.WriteNumber("boot_ms", Math.Round(BootMs, 1));
            writer.WriteNumber("ratio", Math.Round(BootMs / ByHandMs, 3));
            writer.WriteNumber("up_ms", Math.Round(UpMs, 1));
            writer.WriteNumber("rest_cpu_percent", Math.Round(RestPercent, 3));
            writer.WriteNumber("crash_noticed_ms", Math.Round(CrashNoticedMs, 2));
            writer.WriteEndObject();
        });
    }

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt((values.Count() - 1) / 2);
}
