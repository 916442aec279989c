using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using LocalCast.Cli.Commands;

namespace LocalCast.Cli.Bench;

/// <summary><c>bench sink</c>: the subscriber of <c>bench publish</c>, in a process of its own.</summary>
internal sealed class BenchSinkCommand : ClientCommand
{
    /// <summary>What it prints when everything that is published from now on will reach it.</summary>
    public const string ReadyLine = "ready";

    private readonly Option<string> _topic = new("--topic") { Required = true };
    private readonly Option<int> _count = SharedOptions.WholeNumber("--count", "How many messages are expected.", 1, int.MaxValue, byDefault: null);
    private readonly Option<bool> _endWithInput = new(ChildProcess.EndWithInput);

    public BenchSinkCommand()
        : base("sink", "Receive what bench publish sends.")
    {
        Hidden = true;
        Add(_topic);
        Add(_count);
        Add(_endWithInput);
    }

    protected override async Task<int> RunAsync(LocalNode node, ParseResult parsed, CancellationToken stop)
    {
        await using NodeSubscription<byte[]> subscription = await node.OpenSubscriptionAsync<byte[]>(parsed.GetRequiredValue(_topic), stop);
        StandardOutput.WriteLine(ReadyLine);
        Task<SinkReport> receiving = ReceiveAsync(subscription, parsed.GetRequiredValue(_count), stop);
        if (parsed.GetValue(_endWithInput) && await Task.WhenAny(receiving, ChildProcess.WhenInputEndsAsync()) != receiving)
        {
            return ExitCodes.Terminated; // the publisher has gone
        }

        StandardOutput.WriteLine(JsonSerializer.Serialize(await receiving, SinkJson.Default.SinkReport));
        return ExitCodes.Success;
    }

    private static async Task<SinkReport> ReceiveAsync(NodeSubscription<byte[]> subscription, int expected, CancellationToken stop)
    {
        int received = 0;
        long first = 0;
        long last = 0;
        List<long> latencies = new(expected / BenchMessage.TimedEvery + 1);
        await foreach (TopicMessage<byte[]> message in subscription.ReadAllAsync(stop))
        {
            byte[] data = message.Data;
            if (data[0] == BenchMessage.Counted)
            {
                if (received++ == 0)
                {
                    first = Stopwatch.GetTimestamp();
                }

                if (BenchMessage.ReadTime(data) is not 0 and long sent)
                {
                    latencies.Add(Stopwatch.GetTimestamp() - sent);
                }

                if (received == expected)
                {
                    break;
                }

                continue;
            }

            if (data[0] == BenchMessage.End)
            {
                break; // what has not come by now will not come
            }
        }

        last = Stopwatch.GetTimestamp();
        latencies.Sort();
        ReadOnlySpan<long> sorted = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(latencies);
        return new SinkReport
        {
            Received = received,
            PerSecond = received > 1 ? (received - 1) / Stopwatch.GetElapsedTime(first, last).TotalSeconds : 0,
            P50 = Measurement.Percentile(sorted, 0.50),
            P99 = Measurement.Percentile(sorted, 0.99),
        };
    }
}
