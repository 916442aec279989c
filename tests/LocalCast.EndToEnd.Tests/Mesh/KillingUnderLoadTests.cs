using LocalCast.Protocol;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Agents are killed and come back while calls go through them.</summary>
public abstract class KillingUnderLoadTests : LoadTest
{
    private const int Kills = 8;

    /// <summary>What a call may end with when an agent is killed. A deadline is none of them: nobody waits for what cannot come.</summary>
    private static readonly LocalCastError[] _named = [LocalCastError.Disconnected, LocalCastError.NoRoute, LocalCastError.NodeNotFound, LocalCastError.NodeNotReady, LocalCastError.Busy];

    private protected KillingUnderLoadTests(IGround ground)
        : base(ground)
    {
    }

    [Fact]
    public async Task AnyAgent_NoCallIsLostOrDoubled_AndEachFailedOneIsNamed()
    {
        string[] agents = ["a", "b", "c", "d"];
        await UpAsync("a");
        await UpAsync("b", "a");
        await UpAsync("c", "b", "a");
        await UpAsync("d", "c", "b");
        await AddCounterAsync("d");
        SteadyCaller[] callers = await AddCallersAsync([.. agents.Select(agent => (agent, "d"))]);
        await WaitForMeshAsync(agents);

        StartCalling(atOnce: 4);
        var random = new Random(20);
        for (int kill = 0; kill < Kills; kill++)
        {
            // Every agent at least once, and never before calls go through all of them again.
            string victim = kill < agents.Length ? agents[kill] : agents[random.Next(agents.Length)];
            await WaitForSuccessesAsync(callers);
            await CrashAsync(victim);
            await UpAgainAsync(victim);
        }

        await WaitForSuccessesAsync(callers);
        Assert.NotEmpty(await StopAndAccountAsync(_named));
    }
}

public sealed class KillingUnderLoadOnOneHostTests() : KillingUnderLoadTests(new OneHost());

public sealed class KillingUnderLoadInNamespacesTests() : KillingUnderLoadTests(new NamespaceMesh());
