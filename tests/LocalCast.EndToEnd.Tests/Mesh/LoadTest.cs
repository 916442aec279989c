using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Agents that are called all the time while something happens to them, and an account of what came of each call.</summary>
public abstract class LoadTest : MeshTest
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(25);

    /// <summary>One for all agents: executed twice is executed twice, wherever.</summary>
    private readonly CountingNode _counter = new();
    private readonly List<SteadyCaller> _callers = [];
    private readonly List<Task> _calling = [];
    private readonly CancellationTokenSource _stop = new();

    private protected LoadTest(IGround ground)
        : base(ground)
    {
    }

    public override async Task DisposeAsync()
    {
        await _stop.CancelAsync(); // of a test that failed before it did
        await base.DisposeAsync();
        _stop.Dispose();
    }

    private protected Task<LocalNode> AddCounterAsync(string agent) => JoinAsync(agent, "counter", _counter.AddTo);

    /// <summary>Callers whose calls can succeed from now on, and which are started by <see cref="StartCalling"/>.</summary>
    private protected async Task<SteadyCaller[]> AddCallersAsync(params (string From, string To)[] pairs)
    {
        SteadyCaller[] callers = await Task.WhenAll(pairs.Select(pair => CallerAsync(pair.From, pair.To)));
        _callers.AddRange(callers);
        return callers;
    }

    private protected void StartCalling(int atOnce) => _calling.AddRange(_callers.Select(caller => caller.RunAsync(atOnce, _deadline, _stop.Token)));

    /// <summary>Waits until each of these callers has had more answers.</summary>
    private protected Task WaitForSuccessesAsync(params IEnumerable<SteadyCaller> callers)
    {
        (SteadyCaller Caller, int Before)[] all = [.. callers.Select(caller => (caller, caller.Succeeded))];
        return WaitUntilAsync(() => Task.FromResult(all.All(pair => pair.Caller.Succeeded >= pair.Before + 20)), "calls do not succeed");
    }

    /// <summary>Stops the callers, and asserts that each call ended once, was executed once if it succeeded and never twice, and has one of these names if it failed.</summary>
    /// <returns>The errors of those that failed.</returns>
    private protected async Task<LocalCastError[]> StopAndAccountAsync(params LocalCastError[] named)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_calling).DefaultTimeout();

        Assert.Equal(0, _callers.Sum(caller => caller.Started - caller.Ended.Count)); // lost
        Assert.Empty(_counter.Doubled);
        (string Id, LocalCastError? Error)[] ended = [.. _callers.SelectMany(caller => caller.Ended).Select(call => (call.Key, call.Value))];
        Assert.All(ended.Where(call => call.Error is null), call => Assert.Equal(1, _counter.ExecutionsOf(call.Id)));
        LocalCastError[] failed = [.. ended.Select(call => call.Error).OfType<LocalCastError>()];
        Assert.All(failed.Distinct(), error => Assert.Contains(error, named));
        return failed;
    }

    private async Task<SteadyCaller> CallerAsync(string from, string to)
    {
        LocalNode client = await JoinClientAsync(from, $"caller-of-{to}");
        await WaitUntilAsync(async () => await WayAsync(from, $"counter@{to}") is not null, $"{from} does not know the node of {to}");
        return new SteadyCaller(client, $"{from}-{to}", $"counter@{to}");
    }
}
