using LocalCast.Protocol;

namespace LocalCast.EndToEnd.Tests;

/// <summary>An agent that is killed costs those who call it their calls, and nobody else anything.</summary>
public abstract class KilledNeighbourTests : LoadTest
{
    private const int Kills = 3;
    private static readonly string[] _others = ["a", "b", "c"];

    private protected KilledNeighbourTests(IGround ground)
        : base(ground)
    {
    }

    [Fact]
    public async Task KilledAgainAndAgain_CallsAmongTheOthersAllSucceed()
    {
        // A line whose middle is also the victim's only neighbour: all ways among the others pass the agent that loses the link, and none the victim.
        await UpAsync("b");
        await UpAsync("a", "b");
        await UpAsync("c", "b");
        await UpAsync("victim", "b");
        await Task.WhenAll(_others.Append("victim").Select(AddCounterAsync));
        SteadyCaller[] among = await AddCallersAsync([.. _others.SelectMany(from => _others.Where(to => to != from).Select(to => (from, to)))]);
        SteadyCaller[] toVictim = await AddCallersAsync([.. _others.Select(from => (from, "victim"))]);
        StartCalling(atOnce: 2);

        for (int kill = 0; kill < Kills; kill++)
        {
            await WaitForSuccessesAsync(toVictim);
            await CrashAsync("victim");
            await WaitForLossAsync("a", "victim");
            await WaitForSuccessesAsync(among);
            await UpAgainAsync("victim");
        }

        await WaitForSuccessesAsync([.. among, .. toVictim]);
        await StopAndAccountAsync(LocalCastError.Disconnected, LocalCastError.NoRoute, LocalCastError.NodeNotFound, LocalCastError.NodeNotReady, LocalCastError.Busy);
        Assert.All(among.SelectMany(caller => caller.Ended), call => Assert.Null(call.Value));
        Assert.All(toVictim, caller => Assert.Contains(caller.Ended.Values, error => error is LocalCastError.NoRoute or LocalCastError.Disconnected));
    }
}

public sealed class KilledNeighbourOnOneHostTests() : KilledNeighbourTests(new OneHost());

public sealed class KilledNeighbourInNamespacesTests() : KilledNeighbourTests(new NamespaceMesh());
