using System.Diagnostics;
using LocalCast.Protocol;
using Xunit.Abstractions;

namespace LocalCast.Simulation;

/// <summary>Many agents, each with about eight links. <c>LOCALCAST_SIMULATION_AGENTS=1000</c> says how many; without it few enough for every day.</summary>
public sealed class ScaleTests(ITestOutputHelper log)
{
    private const int EveryDay = 40;

    private static int Count => int.TryParse(Environment.GetEnvironmentVariable("LOCALCAST_SIMULATION_AGENTS"), out int number) ? number : EveryDay;

    [Fact]
    public void ColdStartAndHealing_AreQuick_AndRestCostsNoMoreThanTheNumberOfAgents() => Simulated.Run(71, network =>
    {
        var watch = Stopwatch.StartNew();
        Shapes.Random(network, Count, 8);
        TimeSpan? start = network.Clock.RunUntil(() => network.HaveConverged(), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(250));
        log.WriteLine($"{Count} agents agree after {start} ({watch.Elapsed.TotalSeconds:0} s of computing), {Bytes(network)}");
        Assert.True(start is not null, "no agreement after a cold start");

        HashSet<SimulatedAgent> left = [.. network.Agents.Take(Count / 2)];
        network.Partition((a, b) => left.Contains(a) == left.Contains(b));
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(5));
        network.Heal();
        network.Traffic.Clear();
        TimeSpan? heal = network.Clock.RunUntil(network.ReachesAll, TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(250));
        log.WriteLine($"healed after {heal} ({watch.Elapsed.TotalSeconds:0} s of computing), {Bytes(network)}");
        Assert.True(heal is not null, "no agreement after a partition healed");

        Assert.True(network.Clock.RunUntil(() => network.HaveConverged(), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1)) is not null, "no agreement after all links came back");
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(35));
        network.Traffic.Clear();
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(60));
        double perAgent = (double)network.Traffic.Where(pair => pair.Key is MessageType.State or MessageType.StateSeq or MessageType.StateRequest).Sum(pair => pair.Value) / Count / 60;
        log.WriteLine($"at rest {perAgent:0} bytes of state per agent and second ({watch.Elapsed.TotalSeconds:0} s of computing)");
        Assert.InRange(perAgent, 0, 100);
    });

    private static string Bytes(SimulatedNetwork network) => string.Join(", ", network.Traffic.OrderByDescending(pair => pair.Value).Take(3).Select(pair => $"{pair.Key} {pair.Value / 1024 / Count} KiB per agent"));
}
