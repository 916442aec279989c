using BenchmarkDotNet.Attributes;
using LocalCast.Protocol;

namespace LocalCast.Benchmarks;

/// <summary>Finding the subscribers of a topic, which happens once per topic until a subscription changes.</summary>
[MemoryDiagnoser]
public class TopicBenchmarks
{
    private readonly SubscriptionTable<object> _table = new();
    private readonly HashSet<object> _found = [];

    /// <summary>How many subscriptions there are.</summary>
    [Params(10, 10_000)]
    public int Subscriptions { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < Subscriptions; i++)
        {
            _table.Add($"sensors.room{i}.temp", new object());
        }

        _table.Add("sensors.*.temp", new object());
        _table.Add("sensors.>", new object());
    }

    [Benchmark]
    public int Match()
    {
        _found.Clear();
        _table.Match("sensors.room7.temp", _found);
        return _found.Count;
    }
}
