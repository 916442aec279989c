using LocalCast.Protocol;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A star under load: one ray is cut in silence, then the centre is killed.</summary>
public sealed class CutStarTests : NetworkTest
{
    [Fact]
    public async Task RayIsCut_TheOthersNoticeNothing_CentreIsKilled_NoCallIsLostOrDoubled()
    {
        string[] points = ["p1", "p2", "p3"];
        await UpAsync("hub");
        await Task.WhenAll(points.Select(point => UpAsync(point, "hub")));
        await Task.WhenAll(points.Select(AddCounterAsync));
        await JoinEchoAsync("p1", EchoOf("p1"));
        SteadyCaller[] toCut = await AddCallersAsync(("p2", "p1"), ("p1", "p3"));
        SteadyCaller[] others = await AddCallersAsync(("p2", "p3"), ("p3", "p2"));
        LocalNode[] clients = await JoinClientsAsync(points);
        StartCalling(atOnce: 2);
        await WaitForSuccessesAsync([.. toCut, .. others]);

        Net.Cut("hub", "p1");

        await WaitForPartitionAsync(["p1"], ["hub", "p2", "p3"]);
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(clients[0], "counter@p2", "count"));
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(clients[1], "counter@p1", "count"));
        Assert.Equal("p1", await WhereAsync(clients[0], EchoOf("p1")));
        await WaitForSuccessesAsync(others);
        Assert.All(others.SelectMany(caller => caller.Ended), call => Assert.Null(call.Value));

        Net.Mend("hub", "p1");

        await WaitForSuccessesAsync([.. toCut, .. others]);
        await CrashAsync("hub");
        await WaitForLossAsync("p2", "p3");
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(clients[1], "counter@p3", "count"));
        await UpAgainAsync("hub");

        await WaitForSuccessesAsync([.. toCut, .. others]);
        Assert.NotEmpty(await StopAndAccountAsync(CutErrors));
    }
}
