using LocalCast.Protocol;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A ring whose lines are cut in silence: one, then a second, which makes two halves of it.</summary>
public sealed class CutRingTests : NetworkTest
{
    private static readonly string[] _here = ["a", "d"];
    private static readonly string[] _there = ["b", "c"];
    private static readonly string[] _all = ["a", "b", "c", "d"];

    [Fact]
    public async Task OneLine_CallsGoTheOtherWayRound_TwoLines_HalvesGoOnAlone_Mended_AllAgree()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await UpAsync("c", "b");
        await UpAsync("d", "c", "a");
        await JoinEchoesAsync(_all);
        LocalNode[] clients = await JoinClientsAsync(_all);
        await WaitForNodesAsync(_all, [.. _all.Select(EchoOf)]);

        // The handshakes ran on cold code: until round trips are measured again, the way to a neighbour may seem shorter the other way round.
        await WaitForWayAsync("a", EchoOf("b"), "b");

        Net.Cut("a", "b");

        await WaitForWayAsync("a", EchoOf("b"), "d", "c", "b");
        await WaitForWayAsync("b", EchoOf("a"), "c", "d", "a");
        Assert.Equal("b", await WhereAsync(clients[0], EchoOf("b")));
        Assert.Equal("a", await WhereAsync(clients[1], EchoOf("a")));

        Net.Cut("c", "d");

        // Nobody is told that the line is cut: what is asked across it ends by its name, at its deadline at the latest.
        Assert.Contains(await FailsAsync(clients[0], EchoOf("c"), "where", TimeSpan.FromMilliseconds(500)), CutErrors);
        Assert.Equal("d", await WhereAsync(clients[0], EchoOf("d")));
        Assert.Equal("c", await WhereAsync(clients[1], EchoOf("c")));

        // Soon it is known, and then it is said at once.
        await WaitForPartitionAsync(_here, _there);
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(clients[0], EchoOf("c"), "where"));
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(clients[1], EchoOf("a") + "@a", "where"));
        (await RunAtAsync("a", "route", EchoOf("c"))).AssertFailed(ErrorCatalog.ExitCodeOf(LocalCastError.NoRoute), EchoOf("c"));
        await WaitUntilAsync(async () => (await PeersAsync("d")).GetValueOrDefault("c") != "Connected", "d still shows its link to c");
        string why = (await RunAtAsync("d", "why", "c")).Output;
        Assert.True(why.Contains("silent", StringComparison.Ordinal) || why.Contains("nothing is routed", StringComparison.Ordinal) || why.Contains("dial", StringComparison.Ordinal), why);

        // Each half goes on by itself, with what is new in it.
        Assert.Equal("d", await WhereAsync(clients[0], EchoOf("d")));
        Assert.Equal("b", await WhereAsync(clients[2], EchoOf("b")));
        await JoinEchoAsync("a", "born-apart-here");
        await JoinEchoAsync("c", "born-apart-there");
        await WaitForWayAsync("d", "born-apart-here", "a");
        await WaitForWayAsync("b", "born-apart-there", "c");

        Net.Mend("a", "b");
        Net.Mend("c", "d");

        await WaitForNodesAsync(_all, ["born-apart-here", "born-apart-there", .. _all.Select(EchoOf)]);
        Assert.Equal("c", await WhereAsync(clients[3], "born-apart-there"));
        Assert.Equal("a", await WhereAsync(clients[1], "born-apart-here"));
    }
}
