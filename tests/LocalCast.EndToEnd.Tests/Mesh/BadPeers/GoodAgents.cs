using System.Collections.Concurrent;
using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Two agents that a third one wants to harm, while calls pass between them all the time.</summary>
public sealed class GoodAgents : MeshTest
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<LocalCastError> _failures = new();
    private Task _calling = Task.CompletedTask;
    private int _answers;

    /// <summary>Where a bad peer dials.</summary>
    internal string Url => AgentOf("a").Url;

    /// <summary>What the agent that is dialled has logged.</summary>
    internal string Log => AgentOf("a").Process.Errors;

    internal LocalNode Client { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await JoinEchoAsync("b", "worker");
        Client = await JoinClientAsync("a", "client");
        await WaitForWayAsync("a", "worker", "b");
        _calling = Task.Run(CallAsync);
    }

    public override async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _calling.DefaultTimeout();
        _stop.Dispose();
        await base.DisposeAsync();
    }

    /// <summary>Waits until the log names what happened.</summary>
    internal Task LoggedAsync(params string[] words) => WaitForLogAsync("a", words);

    /// <summary>Waits until an event is counted for a bad peer, and with it for the agent as a whole.</summary>
    internal async Task CountedAsync(string name, string peer, int atLeast = 1)
    {
        await WaitUntilAsync(async () => CountIn((await AskAsync("a", "why-peer", peer)).GetProperty("counts"), name) >= atLeast, $"{name} of {peer} is not counted {atLeast} times");
        Assert.True(await CountAsync(name) >= atLeast);
    }

    /// <summary>How often an agent has counted an event.</summary>
    internal async Task<long> CountAsync(string name, string agent = "a") =>
        (await AskAsync(agent, "mesh-events")).EnumerateArray().Where(row => row.GetProperty("event").GetString() == name).Sum(row => row.GetProperty("count").GetInt64());

    internal Task<CommandResult> CommandAsync(params string[] arguments) => RunAtAsync("a", arguments);

    internal Task UntilAsync(Func<Task<bool>> isSo, string what) => WaitUntilAsync(isSo, what);

    internal Task<string[]?> WayToAsync(string name) => WayAsync("a", name);

    /// <summary>Waits until nothing is left of the bad ones, and asserts that no call between the good ones has suffered.</summary>
    internal async Task AssertUndisturbedAsync()
    {
        await WaitUntilAsync(async () => await PeersAsync("a") is { Count: 1 } peers && peers.GetValueOrDefault("b") == "Connected", "a has other peers than b");
        await NextAnswersAsync();
        Assert.Empty(_failures);
        Assert.DoesNotContain("A defect in the mesh", Log);
    }

    /// <summary>Waits until calls that began after now have been answered.</summary>
    internal Task NextAnswersAsync()
    {
        int before = Volatile.Read(ref _answers);
        return WaitUntilAsync(() => Task.FromResult(Volatile.Read(ref _answers) > before + 2 || !_failures.IsEmpty), "calls between the good agents stand still");
    }

    /// <summary>Calls that failed until now were to be expected.</summary>
    internal void ForgiveFailures() => _failures.Clear();

    private static long CountIn(JsonElement counts, string name) => counts.TryGetProperty(name, out JsonElement count) ? count.GetInt64() : 0;

    private async Task CallAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Assert.Equal("b", await Client.CallAsync<string>("worker", "where", timeout: TimeSpan.FromSeconds(10)));
                Interlocked.Increment(ref _answers);
                await Task.Delay(5, CancellationToken.None);
            }
            catch (LocalCastException e)
            {
                _failures.Enqueue(e.Code);
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }
}
