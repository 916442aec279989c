using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A ring of which some lines are slow.</summary>
public sealed class SlowRingTests : NetworkTest
{
    private static readonly TimeSpan _slow = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task SlowLine_IsMeasured_AndCallsTakeTheQuickWayRound()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await UpAsync("c", "b");
        await UpAsync("d", "c", "a");
        await JoinEchoAsync("b", "svc");
        LocalNode client = await JoinClientAsync("a", "client");
        await WaitForWayAsync("a", "svc", "b");

        // Three quick lines are nearer than a slow one.
        Net.Delay("a", "b", _slow);
        await WaitForWayAsync("a", "svc", "d", "c", "b");
        Assert.Equal("b", await WhereAsync(client, "svc"));

        // No way is quick: then the straight one, which takes what it takes, there and back.
        Net.Delay("c", "d", 2 * _slow);
        await WaitForWayAsync("a", "svc", "b");
        await WaitUntilAsync(async () => (await AskAsync("a", "route", "svc")).GetProperty("rtt_ms").GetDouble() >= 350, "the round trip is not measured");
        JsonElement peer = (await AskAsync("a", "peers")).EnumerateArray().Single(row => row.GetProperty("id").GetString() == "b");
        Assert.InRange(peer.GetProperty("rtt_ms").GetDouble(), 350, 20_000);

        // A deadline that cannot be met is kept all the same, and the answer that comes too late harms nobody.
        Assert.Equal(LocalCastError.Timeout, await FailsAsync(client, "svc", "where", TimeSpan.FromMilliseconds(250)));
        Assert.Equal("b", await WhereAsync(client, "svc"));

        // Of two nodes of one name the nearer one is called.
        await JoinEchoAsync("d", "svc");
        await WaitForWayAsync("a", "svc", "d");
        Assert.Equal("d", await WhereAsync(client, "svc"));
        Assert.Equal("b", await WhereAsync(client, "svc@b"));

        // What became quick again is used again.
        Net.Delay("a", "b", TimeSpan.Zero);
        Net.Delay("a", "d", _slow);
        await WaitForWayAsync("a", "svc", "b");
        Assert.Equal("b", await WhereAsync(client, "svc"));
    }
}
