using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LocalCast.Agent.Mesh;
using LocalCast.Cli.Commands;

namespace LocalCast.Cli.Bench;

/// <summary>Agents of which each has dialled the one before, and an echo node at the first.</summary>
internal sealed class LineOfAgents : IAsyncDisposable
{
    private const string Echo = "bench-echo";
    private const string Target = $"{Echo}@h0";

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    private readonly List<BenchAgent> _agents = [];
    private ChildProcess? _echo;

    public static async Task<LineOfAgents> StartAsync(int links, CancellationToken stop)
    {
        var line = new LineOfAgents();
        try
        {
            for (int place = 0; place <= links; place++)
            {
                string? previous = place == 0 ? null : line._agents[^1].Url;
                line._agents.Add(await BenchAgent.StartAsync(string.Create(CultureInfo.InvariantCulture, $"h{place}"), [], previous, stop));
            }

            line._echo = ChildProcess.Start("bench", "serve", "--pipe", line._agents[0].Pipe, "--name", Echo);
            return line;
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls the echo node from so many links away, one call at a time, as soon as the way is known there.</summary>
    public async Task<Measurement> MeasureAsync(int hops, int size, int count, CancellationToken stop)
    {
        await using LocalNode client = await _agents[hops].JoinAsync(stop);
        await _echo!.WhileAliveAsync(WaitForRouteAsync(client, hops, stop), stop);
        var load = new CallLoad(client, Target, size, concurrency: 1);
        long start = Stopwatch.GetTimestamp();
        do
        {
            await load.RunAsync(Measurement.WarmUpCount(count), stop);
        }
        while (Stopwatch.GetElapsedTime(start) < Measurement.WarmUpTime(count));

        return await load.RunAsync(count, stop);
    }

    public async ValueTask DisposeAsync()
    {
        if (_echo is not null)
        {
            await _echo.DisposeAsync();
        }

        foreach (BenchAgent agent in _agents)
        {
            await agent.DisposeAsync();
        }
    }

    private static async Task WaitForRouteAsync(LocalNode client, int hops, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < _limit)
        {
            JsonElement answer = await client.AskAsync("route", [Target], timeout: null, stop);
            if (answer.As(MeshOperationsJson.Default.RouteAnswer) is { Target: not null } route)
            {
                if (route.Hops.Count != hops)
                {
                    throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{Target} is {route.Hops.Count} links away instead of {hops}"));
                }

                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, stop);
        }

        throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"the agent {hops} links away did not hear of {Target}"));
    }
}
