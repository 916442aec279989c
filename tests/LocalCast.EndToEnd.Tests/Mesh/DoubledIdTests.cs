using LocalCast.Protocol;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Two real agents that were given one id: each is told, and those around them go on.</summary>
public sealed class DoubledIdTests : MeshTest
{
    private static readonly MeshAgentSetup _second = new() { NodeId = "double" };

    [Fact]
    public async Task SameNeighbour_TheLivingOneStays_AndTheOtherIsToldUntilItsTurnComes()
    {
        await UpAsync("a");
        await UpAsync("c", "a");
        await UpAsync("first", _second, "a");
        await JoinEchoAsync("first", "worker");
        var counter = new CountingNode();
        await JoinAsync("first", "counter", counter.AddTo);
        var caller = new SteadyCaller(await JoinClientAsync("c", "caller"), "c", "counter@double");
        await WaitForWayAsync("c", "counter", "a", "double");
        using var stop = new CancellationTokenSource();
        Task calling = caller.RunAsync(atOnce: 2, TimeSpan.FromSeconds(20), stop.Token);

        await UpAsync("second", _second, "a");
        await JoinEchoAsync("second", "worker");

        await WaitForLogAsync("second", "link_refused", nameof(LocalCastError.DuplicateNode), "a living agent holds the id");
        await WaitForLogAsync("a", "link_refused", "double", nameof(LocalCastError.DuplicateNode));
        Assert.Contains("a living agent holds the id", (await RunAtAsync("second", "why", AgentOf("a").Url)).Output);
        Assert.Equal("Connected", (await PeersAsync("a"))["double"]);
        await WaitUntilAsync(() => Task.FromResult(caller.Succeeded > 20), "calls stand still");
        await stop.CancelAsync();
        await calling;
        Assert.All(caller.Ended, call => Assert.Null(call.Value));
        Assert.DoesNotContain("link_ended", AgentOf("a").Process.Errors);
        LocalNode client = await JoinClientAsync("a", "client");
        Assert.Equal("first", await client.CallAsync<string>("worker", "where"));

        // The id is free again when who held it has gone.
        await CrashAsync("first");
        await WaitForWayAsync("a", "worker", "double");
        Assert.Equal("second", await client.CallAsync<string>("worker", "where"));
    }

    [Fact]
    public async Task FarApart_BothAreTold_AndTheOthersGoOn()
    {
        await UpAsync("first", _second);
        await UpAsync("b", "first");
        await UpAsync("c", "b");
        await UpAsync("d", "c");
        var counter = new CountingNode();
        await JoinAsync("d", "counter", counter.AddTo);
        var caller = new SteadyCaller(await JoinClientAsync("b", "caller"), "b", "counter@d");
        await WaitForWayAsync("b", "counter", "c", "d");
        using var stop = new CancellationTokenSource();
        Task calling = caller.RunAsync(atOnce: 2, TimeSpan.FromSeconds(20), stop.Token);

        // Its neighbour has no other link with that id: only what both tell of themselves shows it.
        await UpAsync("second", _second, "d");

        await WaitForLogAsync("first", "own_id_elsewhere");
        await WaitForLogAsync("second", "own_id_elsewhere");
        int before = caller.Succeeded;
        await WaitUntilAsync(() => Task.FromResult(caller.Succeeded > before + 200), "calls stand still");
        await stop.CancelAsync();
        await calling;
        Assert.All(caller.Ended, call => Assert.Null(call.Value));
        Assert.Equal("Connected", (await PeersAsync("b"))["double"]);
        Assert.Equal("Connected", (await PeersAsync("d"))["double"]);
    }
}
