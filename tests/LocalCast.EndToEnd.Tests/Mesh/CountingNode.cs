using System.Collections.Concurrent;
using LocalCast.Protocol;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Counts which calls were executed, and how often.</summary>
internal sealed class CountingNode
{
    private readonly ConcurrentDictionary<string, int> _executions = new();

    public void AddTo(LocalNodeOptions options) => options.Handle("count", (string id) => _executions.AddOrUpdate(id, 1, (_, before) => before + 1));

    public int ExecutionsOf(string id) => _executions.GetValueOrDefault(id);

    public IEnumerable<string> Doubled => _executions.Where(execution => execution.Value > 1).Select(execution => execution.Key);
}

/// <summary>Calls a counting node all the time, several at once, with a number for each call, and notes how each ended.</summary>
internal sealed class SteadyCaller(LocalNode node, string name, string target)
{
    private readonly ConcurrentDictionary<string, LocalCastError?> _ended = new();
    private int _started;

    public int Started => Volatile.Read(ref _started);

    public IReadOnlyDictionary<string, LocalCastError?> Ended => _ended;

    public int Succeeded => _ended.Count(call => call.Value is null);

    /// <summary>Calls until it is told to stop, then until its last call has ended.</summary>
    public Task RunAsync(int atOnce, TimeSpan deadline, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(() => CallAsync(deadline, stop), CancellationToken.None)));

    private async Task CallAsync(TimeSpan deadline, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            string id = $"{name}-{Interlocked.Increment(ref _started)}";
            try
            {
                await node.CallAsync<int>(target, "count", [id], deadline, CancellationToken.None);
                _ended[id] = null;
            }
            catch (LocalCastException e)
            {
                _ended[id] = e.Code;
                await Task.Delay(5, CancellationToken.None); // what fails at once is not tried as fast as the processor can
            }
        }
    }
}
