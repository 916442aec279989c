using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>An agent that is killed costs those who call it their calls, and nobody else anything.</summary>
public sealed class KilledNeighbourTests : MeshTest
{
    private const int Kills = 3;
    private static readonly string[] _others = ["a", "b", "c"];

    [Fact]
    public async Task KilledAgainAndAgain_CallsAmongTheOthersAllSucceed()
    {
        // A line whose middle is also the victim's only neighbour: all ways among the others pass the agent that loses the link, and none the victim.
        await UpAsync("b");
        await UpAsync("a", "b");
        await UpAsync("c", "b");
        await UpAsync("victim", "b");
        await Task.WhenAll(_others.Append("victim").Select(agent => JoinAsync(agent, "counter", new CountingNode().AddTo)));
        SteadyCaller[] among = await Task.WhenAll(_others.SelectMany(from => _others.Where(to => to != from).Select(to => CallerAsync(from, to))));
        SteadyCaller[] toVictim = await Task.WhenAll(_others.Select(from => CallerAsync(from, "victim")));
        using var stop = new CancellationTokenSource();
        Task[] calling = [.. among.Concat(toVictim).Select(caller => caller.RunAsync(atOnce: 2, TimeSpan.FromSeconds(25), stop.Token))];

        for (int kill = 0; kill < Kills; kill++)
        {
            await WaitForSuccessesAsync(toVictim);
            await CrashAsync("victim");
            await WaitForLossAsync("a", "victim");
            await WaitForSuccessesAsync(among);
            await UpAgainAsync("victim");
        }

        await WaitForSuccessesAsync([.. among, .. toVictim]);
        await stop.CancelAsync();
        await Task.WhenAll(calling).DefaultTimeout();

        Assert.All(among.SelectMany(caller => caller.Ended), call => Assert.Null(call.Value));
        Assert.All(toVictim, caller => Assert.Contains(caller.Ended.Values, error => error is LocalCastError.NoRoute or LocalCastError.Disconnected));
    }

    /// <summary>A caller whose calls can succeed from now on.</summary>
    private async Task<SteadyCaller> CallerAsync(string from, string to)
    {
        LocalNode client = await JoinClientAsync(from, $"caller-of-{to}");
        await WaitUntilAsync(async () => await WayAsync(from, $"counter@{to}") is not null, $"{from} does not know the node of {to}");
        return new SteadyCaller(client, $"{from}-{to}", $"counter@{to}");
    }

    /// <summary>Waits until each caller has had more answers.</summary>
    private Task WaitForSuccessesAsync(SteadyCaller[] callers)
    {
        int[] before = [.. callers.Select(caller => caller.Succeeded)];
        return WaitUntilAsync(() => Task.FromResult(callers.Zip(before).All(pair => pair.First.Succeeded >= pair.Second + 20)), "calls do not succeed");
    }
}
