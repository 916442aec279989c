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
        // Slow from the start: what is measured later counts for a part only, and comes seldom.
        await Net.PlaceAsync("a", []);
        await Net.PlaceAsync("b", ["a"]);
        Net.Delay("a", "b", _slow);
        await UpAsync("a");
        await UpAsync("b", "a");
        await UpAsync("c", "b");
        await UpAsync("d", "c", "a");
        await JoinEchoAsync("b", "svc");
        LocalNode client = await JoinClientAsync("a", "client");

        // Three quick lines are nearer than a slow one, which is measured as it is: there and back.
        await WaitUntilAsync(async () => await RoundTripOfLinkAsync("a", "b") >= 400, "the slow line is not measured");
        await WaitForWayAsync("a", "svc", "d", "c", "b");
        Assert.Equal("b", await WhereAsync(client, "svc"));

        // With a slower one among the three the straight way is the nearest.
        Net.Delay("c", "d", 3 * _slow);
        await WaitUntilAsync(
            async () => await AskAsync("a", "route", "svc") is var route && route.GetProperty("hops").GetArrayLength() == 1 && route.GetProperty("rtt_ms").GetDouble() >= 400,
            "a does not use its slow line");

        // A deadline that cannot be met is kept all the same, and the answer that comes too late harms nobody.
        Assert.Equal(LocalCastError.Timeout, await FailsAsync(client, "svc", "where", TimeSpan.FromMilliseconds(250)));
        Assert.Equal("b", await WhereAsync(client, "svc"));

        // Of two nodes of one name the nearer one is called.
        await JoinEchoAsync("d", "svc");
        await WaitForWayAsync("a", "svc", "d");
        Assert.Equal("d", await WhereAsync(client, "svc"));
        Assert.Equal("b", await WhereAsync(client, "svc@b"));
    }

    private async Task<double> RoundTripOfLinkAsync(string agent, string other) => (await AskAsync(agent, "peers")).EnumerateArray()
        .Where(row => row.GetProperty("id").GetString() == other)
        .Select(row => row.GetProperty("rtt_ms") is { ValueKind: JsonValueKind.Number } trip ? trip.GetDouble() : 0)
        .FirstOrDefault();
}
