using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LocalCast.Cli.Commands;

namespace LocalCast.Cli.Bench;

/// <summary><c>bench hops</c></summary>
internal sealed class BenchHopsCommand : CliCommand
{
    private const int MostHops = 9; // the tenth agent that forwards a call is the last

    private static readonly int[] _usual = [0, 1, 2, 3, 5];

    private readonly Option<int[]?> _hops = new("--hops")
    {
        Description = "From how many links away the node is called; 0 is from its own agent. Without it: 0,1,2,3,5.",
        HelpName = "N,N,…",
        CustomParser = ParseHops,
    };

    private readonly Option<int> _size = SharedOptions.WholeNumber("--size", "Bytes per call.", 0, 1024 * 1024, byDefault: 64);
    private readonly Option<int> _count = SharedOptions.WholeNumber("--count", "How many calls are measured each time.", 1, 100_000_000, byDefault: 20_000);
    private readonly Option<int> _rounds = SharedOptions.WholeNumber("--rounds", "How often everything is measured, in turns; the medians count.", 1, 100, byDefault: 3);
    private readonly Option<bool> _json = SharedOptions.Json();

    public BenchHopsCommand()
        : base(
            "hops",
            "Measure one call at a time through a line of agents of its own, linked over 127.0.0.1 without TLS. Caller, agents and callee are a process each, but for the callers, which share one.",
            "localcast bench hops",
            "localcast bench hops --hops 1,2,3,5 --count 20000 --json")
    {
        Add(_hops);
        Add(_size);
        Add(_count);
        Add(_rounds);
        Add(_json);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        int[] hops = parsed.GetValue(_hops) is { Length: > 0 } given ? given : _usual;
        int size = parsed.GetValue(_size);
        int count = parsed.GetValue(_count);
        var measured = hops.ToDictionary(places => places, _ => new List<Measurement>());
        await using LineOfAgents line = await LineOfAgents.StartAsync(hops.Max(), stop);
        for (int round = 0; round < parsed.GetValue(_rounds); round++)
        {
            foreach (int places in hops)
            {
                measured[places].Add(await line.MeasureAsync(places, size, count, stop));
            }
        }

        Write(parsed.GetValue(_json), measured, size, count);
        return ExitCodes.Success;
    }

    private static void Write(bool asJson, Dictionary<int, List<Measurement>> measured, int size, int count)
    {
        foreach ((int hops, List<Measurement> rounds) in measured)
        {
            double p50 = Middle(rounds.Select(round => round.P50!.Value));
            double p99 = Middle(rounds.Select(round => round.P99!.Value));
            if (!asJson)
            {
                StandardOutput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hops} {(hops == 1 ? "hop" : "hops")}: p50 {p50:0.0} µs, p99 {p99:0.0} µs"));
                continue;
            }

            StandardOutput.WriteJson(writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("hops", hops);
                writer.WriteNumber("p50_us", p50);
                writer.WriteNumber("p99_us", p99);
                writer.WriteNumber("size", size);
                writer.WriteNumber("count", count);
                writer.WriteNumber("rounds", rounds.Count);
                writer.WriteEndObject();
            });
        }
    }

    private static int[] ParseHops(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        int[] hops = [.. text.Split(',').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1).Distinct()];
        if (hops.Any(number => number is < 0 or > MostHops))
        {
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"--hops: expected whole numbers from 0 to {MostHops} as in 1,2,3,5, got '{text}'"));
        }

        return hops;
    }

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt((values.Count() - 1) / 2);
}
