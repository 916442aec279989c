using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Agents are killed and come back while calls go through them.</summary>
public sealed class KillingUnderLoadTests : MeshTest
{
    private const int Kills = 8;

    /// <summary>What a call may end with when an agent is killed. A deadline is none of them: nobody waits for what cannot come.</summary>
    private static readonly LocalCastError[] _named = [LocalCastError.Disconnected, LocalCastError.NoRoute, LocalCastError.NodeNotFound, LocalCastError.NodeNotReady, LocalCastError.Busy];

    [Fact]
    public async Task AnyAgent_NoCallIsLostOrDoubled_AndEachFailedOneIsNamed()
    {
        string[] agents = ["a", "b", "c", "d"];
        await UpAsync("a");
        await UpAsync("b", "a");
        await UpAsync("c", "b", "a");
        await UpAsync("d", "c", "b");
        var counter = new CountingNode();
        await JoinAsync("d", "counter", counter.AddTo);
        SteadyCaller[] callers = [.. await Task.WhenAll(agents.Select(async agent => new SteadyCaller(await JoinClientAsync(agent, "caller"), agent, "counter@d")))];
        await WaitForMeshAsync(agents);

        using var stop = new CancellationTokenSource();
        Task[] calling = [.. callers.Select(caller => caller.RunAsync(atOnce: 4, TimeSpan.FromSeconds(25), stop.Token))];
        var random = new Random(20);
        for (int kill = 0; kill < Kills; kill++)
        {
            // Every agent at least once, and never before calls go through all of them again.
            string victim = kill < agents.Length ? agents[kill] : agents[random.Next(agents.Length)];
            await WaitForSuccessesAsync(callers, 20);
            await CrashAsync(victim);
            await UpAgainAsync(victim);
        }

        await WaitForSuccessesAsync(callers, 20);
        await stop.CancelAsync();
        await Task.WhenAll(calling).DefaultTimeout();

        Assert.Equal(0, callers.Sum(caller => caller.Started - caller.Ended.Count)); // lost
        Assert.Empty(counter.Doubled);
        var failed = callers.SelectMany(caller => caller.Ended).Where(call => call.Value is not null).ToArray();
        Assert.NotEmpty(failed);
        Assert.All(failed, call => Assert.Contains(call.Value!.Value, _named));
        Assert.All(callers.SelectMany(caller => caller.Ended).Where(call => call.Value is null), call => Assert.Equal(1, counter.ExecutionsOf(call.Key)));
    }

    /// <summary>Waits until each caller has had so many more answers.</summary>
    private Task WaitForSuccessesAsync(SteadyCaller[] callers, int more)
    {
        int[] before = [.. callers.Select(caller => caller.Succeeded)];
        return WaitUntilAsync(() => Task.FromResult(callers.Zip(before).All(pair => pair.First.Succeeded >= pair.Second + more)), "calls do not succeed again");
    }
}
