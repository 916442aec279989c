using BenchmarkDotNet.Attributes;
using LocalCast.Protocol;

namespace LocalCast.Benchmarks;

/// <summary>A call that comes and is answered, beside what the obvious dictionary would cost.</summary>
[MemoryDiagnoser]
public class CallTableBenchmarks
{
    private readonly CallTable<object> _table = new(CallTable<object>.MaxCapacity);
    private readonly Dictionary<uint, (object Call, TimeSpan Deadline)> _dictionary = [];
    private readonly object _call = new();
    private readonly TimeSpan _deadline = TimeSpan.FromSeconds(30);
    private uint _next;

    /// <summary>How many others are in flight.</summary>
    [Params(0, 256, 10_000)]
    public int InFlight { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        for (int i = 0; i < InFlight; i++)
        {
            _table.TryAdd(_call, _deadline, out _);
            _dictionary.Add(++_next, (_call, _deadline));
        }
    }

    [Benchmark(Baseline = true)]
    public bool AddAndTake()
    {
        _table.TryAdd(_call, _deadline, out uint sequence);
        return _table.TryTake(sequence, out _);
    }

    [Benchmark]
    public bool Dictionary()
    {
        uint sequence = ++_next;
        _dictionary.Add(sequence, (_call, _deadline));
        return _dictionary.Remove(sequence, out _);
    }
}
