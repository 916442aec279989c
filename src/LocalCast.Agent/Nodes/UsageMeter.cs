using LocalCast.Supervision;

namespace LocalCast.Agent.Nodes;

/// <summary>CPU and memory of nodes, measured when somebody asks: nothing is sampled while nobody looks.</summary>
internal sealed class UsageMeter(Func<NodeView, ResourceUsage?> sample, TimeProvider timeProvider)
{
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, Sample> _last = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Forgets the nodes that are no more.</summary>
    public void Keep(IReadOnlyDictionary<string, NodeView> nodes)
    {
        lock (_lock)
        {
            foreach (string gone in _last.Keys.Where(name => !nodes.ContainsKey(name)).ToList())
            {
                _last.Remove(gone);
            }
        }
    }

    /// <summary>Percent of one core since the last look, or since the last but one when that is less than half a second ago; and memory.</summary>
    public (double CpuPercent, long MemoryBytes)? Of(NodeView view)
    {
        if (view.Pid is null || sample(view) is not { } usage)
        {
            return null;
        }

        long now = timeProvider.GetTimestamp();
        lock (_lock)
        {
            if (!_last.TryGetValue(view.Manifest.Name, out Sample? last) || last.Generation != view.Generation)
            {
                _last[view.Manifest.Name] = last = new Sample(view.Generation, timeProvider.GetTimestamp(), usage.CpuTime, 0);
                return (0, usage.MemoryBytes);
            }

            TimeSpan elapsed = timeProvider.GetElapsedTime(last.At, now);
            if (elapsed < _shortest)
            {
                return (last.Percent, usage.MemoryBytes);
            }

            double percent = Math.Round(Math.Max(0, (usage.CpuTime - last.CpuTime) / elapsed * 100), 1);
            _last[view.Manifest.Name] = new Sample(view.Generation, now, usage.CpuTime, percent);
            return (percent, usage.MemoryBytes);
        }
    }

    private sealed record Sample(int Generation, long At, TimeSpan CpuTime, double Percent);
}
