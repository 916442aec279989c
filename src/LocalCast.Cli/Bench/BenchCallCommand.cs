using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using LocalCast.Cli.Commands;
using LocalCast.Transports;

namespace LocalCast.Cli.Bench;

/// <summary><c>bench call</c></summary>
internal sealed class BenchCallCommand : ClientCommand
{
    private static readonly TimeSpan _limitForStart = TimeSpan.FromSeconds(30);

    private readonly Option<string?> _to = new("--to") { Description = "Whom to call; it must echo bytes. Without it an echo node is started in a process of its own.", HelpName = "NODE" };
    private readonly Option<int> _size = SharedOptions.WholeNumber("--size", "Bytes per call.", 0, 60 * 1024 * 1024, byDefault: 64);
    private readonly Option<int> _count = SharedOptions.WholeNumber("--count", "How many calls are measured.", 1, 100_000_000, byDefault: 30_000);
    private readonly Option<int> _concurrency = SharedOptions.WholeNumber("--concurrency", "How many calls are in flight at a time.", 1, 16_000, byDefault: 1);

    public BenchCallCommand()
        : base(
            "call",
            "Measure calls: caller, agent and callee are three processes. Warm-up is not counted, nothing else is left out.",
            "localcast bench call --size 64 --count 30000",
            "localcast bench call --size 64 --count 500000 --concurrency 256 --json")
    {
        Add(_to);
        Add(_size);
        Add(_count);
        Add(_concurrency);
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        int count = parsed.GetValue(_count);
        int size = parsed.GetValue(_size);
        int concurrency = parsed.GetValue(_concurrency);
        string? target = parsed.GetValue(_to);
        string own = string.Create(CultureInfo.InvariantCulture, $"bench-echo-{Environment.ProcessId}");
        await using ChildProcess? child = target is null ? ChildProcess.Start("bench", "serve", "--pipe", PipeAddress.Choose(PipeOf(parsed)), "--name", own) : null;
        if (child is not null)
        {
            await child.WhileAliveAsync(node.RequireAsync([own], _limitForStart, cancellationToken: stop).AsTask(), stop);
        }

        var load = new CallLoad(node, target ?? own, size, concurrency);
        long start = Stopwatch.GetTimestamp();
        do
        {
            await load.RunAsync(Measurement.WarmUpCount(count), stop);
        }
        while (Stopwatch.GetElapsedTime(start) < Measurement.WarmUpTime(count));

        Measurement measured = await load.RunAsync(count, stop);
        measured.Write(WantsJson(parsed), "calls", size, count, concurrency);
        return ExitCodes.Success;
    }
}
