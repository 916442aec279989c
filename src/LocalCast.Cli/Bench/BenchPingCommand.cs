using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LocalCast.Cli.Commands;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Cli.Bench;

/// <summary><c>bench ping</c></summary>
internal sealed class BenchPingCommand : ClientCommand
{
    private static readonly TimeSpan _limitForStart = TimeSpan.FromSeconds(60);

    private readonly Option<int> _nodes = SharedOptions.WholeNumber("--nodes", "How many nodes there are to be found.", 1, 10_000, byDefault: 1000);
    private readonly Option<int> _count = SharedOptions.WholeNumber("--count", "How many pings are measured.", 1, 1_000_000, byDefault: 10);

    public BenchPingCommand()
        : base(
            "ping",
            "Measure discovery: one ping finds many nodes, which are in a process of their own. There is no warm-up: the first ping of a program is the one that counts.",
            "localcast bench ping --nodes 1000",
            "localcast bench ping --nodes 1000 --count 50 --json")
    {
        Add(_nodes);
        Add(_count);
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        int nodes = parsed.GetValue(_nodes);
        string prefix = string.Create(CultureInfo.InvariantCulture, $"bench-{Environment.ProcessId}-");
        await using ChildProcess crowd = ChildProcess.Start(
            "bench", "crowd", "--pipe", PipeAddress.Choose(PipeOf(parsed)), "--prefix", prefix, "--nodes", nodes.ToString(CultureInfo.InvariantCulture));
        string? ready = await crowd.Output.ReadLineAsync(stop).AsTask().WaitAsync(_limitForStart, TimeProvider.System, stop);
        if (ready != BenchCrowdCommand.ReadyLine)
        {
            throw new LocalCastException(LocalCastError.Internal, "the nodes did not start");
        }

        double[] times = new double[parsed.GetValue(_count)];
        int fewest = nodes;
        for (int i = 0; i < times.Length; i++)
        {
            (times[i], int found) = await PingAsync(node, prefix, stop);
            fewest = Math.Min(fewest, found);
        }

        double first = times[0];
        Array.Sort(times);
        Write(WantsJson(parsed), nodes, first, times[times.Length / 2], fewest);
        return fewest == nodes
            ? ExitCodes.Success
            : Failures.Report(new ErrorInfo(LocalCastError.Internal, $"only {fewest} of {nodes} nodes answered"));
    }

    /// <summary>One ping, from before it is asked until the last answer is in the hands of the asker.</summary>
    private static async Task<(double Milliseconds, int Found)> PingAsync(LocalNode node, string prefix, CancellationToken stop)
    {
        int count = 0;
        long start = Stopwatch.GetTimestamp();
        await foreach (FoundNode found in node.PingAsync(cancellationToken: stop))
        {
            count += found.Name.StartsWith(prefix, StringComparison.Ordinal) ? 1 : 0;
        }

        return (Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 2), count);
    }

    private static void Write(bool asJson, int nodes, double first, double median, int answered)
    {
        if (!asJson)
        {
            StandardOutput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{nodes} nodes: first ping {first:0.0} ms, median {median:0.0} ms, {answered} answered"));
            return;
        }

        StandardOutput.WriteJson(writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("nodes", nodes);
            writer.WriteNumber("first_ms", first);
            writer.WriteNumber("median_ms", median);
            writer.WriteNumber("answered", answered);
            writer.WriteEndObject();
        });
    }
}
