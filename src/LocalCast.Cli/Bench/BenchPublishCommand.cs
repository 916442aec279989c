using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LocalCast.Cli.Commands;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Cli.Bench;

/// <summary><c>bench publish</c></summary>
internal sealed class BenchPublishCommand : ClientCommand
{
    private static readonly TimeSpan _limitForStart = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _limitForRest = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _betweenEnds = TimeSpan.FromMilliseconds(200);

    private readonly Option<int> _size = SharedOptions.WholeNumber("--size", "Bytes per message.", 1, 60 * 1024 * 1024, byDefault: 64);
    private readonly Option<int> _count = SharedOptions.WholeNumber("--count", "How many messages are measured.", 1, 100_000_000, byDefault: 1_000_000);

    public BenchPublishCommand()
        : base(
            "publish",
            "Measure publications to one subscriber: messages per second as they are received, in a process of its own. The times are from publishing to receiving under this load.",
            "localcast bench publish --size 64 --count 1000000 --json")
    {
        Add(_size);
        Add(_count);
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        int count = parsed.GetValue(_count);
        int size = parsed.GetValue(_size);
        string number = count.ToString(CultureInfo.InvariantCulture);
        string topic = string.Create(CultureInfo.InvariantCulture, $"bench.{Environment.ProcessId}");
        await using ChildProcess sink = ChildProcess.Start("bench", "sink", "--pipe", PipeAddress.Choose(PipeOf(parsed)), "--topic", topic, "--count", number);
        string? ready = await sink.Output.ReadLineAsync(stop).AsTask().WaitAsync(_limitForStart, TimeProvider.System, stop);
        if (ready != BenchSinkCommand.ReadyLine)
        {
            throw new LocalCastException(LocalCastError.Internal, "the subscriber did not start");
        }

        long start = Stopwatch.GetTimestamp();
        do
        {
            await PublishAsync(node, topic, size, BenchMessage.WarmUp, Measurement.WarmUpCount(count), stop);
        }
        while (Stopwatch.GetElapsedTime(start) < Measurement.WarmUpTime(count));

        await PublishAsync(node, topic, size, BenchMessage.Counted, count, stop);
        SinkReport report = await FinishAsync(node, topic, sink, stop);
        new Measurement(report.PerSecond, report.P50, report.P99).Write(WantsJson(parsed), "messages", size, report.Received, concurrency: null);
        return report.Received == count
            ? ExitCodes.Success
            : Failures.Report(new ErrorInfo(LocalCastError.Internal, $"{count - report.Received} of {count} messages were lost"));
    }

    private static async Task PublishAsync(LocalNode node, string topic, int size, byte kind, int count, CancellationToken stop)
    {
        byte[] payload = new byte[size];
        payload[0] = kind;
        for (int i = 0; i < count && !stop.IsCancellationRequested; i++)
        {
            BenchMessage.WriteTime(payload, i % BenchMessage.TimedEvery == 0 ? Stopwatch.GetTimestamp() : 0);
            await node.PublishBytesAsync(topic, payload, cancellationToken: stop);
        }

        stop.ThrowIfCancellationRequested();
    }

    /// <summary>Tells the subscriber that nothing more comes, until it has heard it: this message, too, could be lost.</summary>
    private static async Task<SinkReport> FinishAsync(LocalNode node, string topic, ChildProcess sink, CancellationToken stop)
    {
        Task<string?> line = sink.Output.ReadLineAsync(stop).AsTask();
        long start = Stopwatch.GetTimestamp();
        while (!line.IsCompleted && Stopwatch.GetElapsedTime(start) < _limitForRest)
        {
            await node.PublishBytesAsync(topic, [BenchMessage.End], cancellationToken: stop);
            await Task.WhenAny(line, Task.Delay(_betweenEnds, TimeProvider.System, stop));
        }

        string? report = await line.WaitAsync(TimeSpan.Zero, TimeProvider.System, stop);
        return report is null
            ? throw new LocalCastException(LocalCastError.Internal, "the subscriber ended without a report")
            : JsonSerializer.Deserialize(report, SinkJson.Default.SinkReport)!;
    }
}
