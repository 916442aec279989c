using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Two real agents that were given one id: one of them stays, the other is told, and those around them go on.</summary>
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

        await WaitForLogAsync("second", "link_refused", nameof(LocalCastError.DuplicateNode), "another living agent with the id");
        await WaitForLogAsync("a", "link_refused", "double", nameof(LocalCastError.DuplicateNode));
        Assert.Contains("another living agent with the id", (await RunAtAsync("second", "why", AgentOf("a").Url)).Output);
        Assert.Equal("Connected", (await PeersAsync("a"))["double"]);
        await WaitUntilAsync(async () => (await PeersAsync("second")).ContainsValue("Refused"), "it does not show that it is refused");
        await WaitUntilAsync(() => Task.FromResult(caller.Succeeded > 20), "calls stand still");
        await stop.CancelAsync();
        await calling;
        Assert.All(caller.Ended, call => Assert.Null(call.Value));
        Assert.DoesNotContain("link_ended", AgentOf("a").Process.Errors);
        LocalNode client = await JoinClientAsync("a", "client");
        Assert.Equal("first", await client.CallAsync<string>("worker", "where"));

        // The id is free again when who held it has gone.
        await CrashAsync("first");
        await WaitForLogAsync("second", "link_open"); // until then the way that is known may still be that of the other
        await WaitForWayAsync("a", "worker", "double");
        Assert.Equal("second", await WhereAsync(client, "worker"));
    }

    [Fact]
    public async Task FarApart_TheYoungerLeavesLoudly_OthersReachTheElder_AndItComesBackWhenThatIsGone()
    {
        await LineWithTheElderAsync();
        var counter = new CountingNode();
        await JoinAsync("d", "counter", counter.AddTo);
        var caller = new SteadyCaller(await JoinClientAsync("b", "caller"), "b", "counter@d");
        await WaitForWayAsync("b", "counter", "c", "d");
        using var stop = new CancellationTokenSource();
        Task calling = caller.RunAsync(atOnce: 2, TimeSpan.FromSeconds(20), stop.Token);

        // Its neighbour has no other link with that id: only what both tell of themselves shows it.
        await UpAsync("second", _second, "d");
        await JoinEchoAsync("second", "worker");

        await WaitForLogAsync("second", "withdrew", "double", "--node-id");
        await WaitForLogAsync("first", "own_id_elsewhere");
        await AssertSaysWhyItIsAwayAsync("second");
        foreach ((string agent, string[] way) in ((string, string[])[])[("b", ["double"]), ("c", ["b", "double"]), ("d", ["c", "b", "double"])])
        {
            await WaitForWayAsync(agent, "worker@double", way);
            LocalNode client = await JoinClientAsync(agent, "client");
            for (int i = 0; i < 100; i++)
            {
                Assert.Equal("first", await client.CallAsync<string>("worker@double", "where"));
            }
        }

        int before = caller.Succeeded;
        await WaitUntilAsync(() => Task.FromResult(caller.Succeeded > before + 200), "calls stand still");
        await stop.CancelAsync();
        await calling;
        Assert.All(caller.Ended, call => Assert.Null(call.Value));
        Assert.Equal("Connected", (await PeersAsync("b"))["double"]);
        Assert.NotEqual("Connected", (await PeersAsync("d")).GetValueOrDefault("double"));
        Assert.DoesNotContain("withdrew", AgentOf("first").Process.Errors);

        await CrashAsync("first");
        await WaitForLossAsync("d", "double");
        Assert.Equal(0, (await RunAtAsync("second", "peer", "add", AgentOf("d").Url)).ExitCode);
        await WaitForWayAsync("b", "worker@double", "c", "d", "double");
        LocalNode other = await JoinClientAsync("b", "other");
        Assert.Equal("second", await other.CallAsync<string>("worker@double", "where"));
        Assert.DoesNotContain("Away", (await PeersAsync("second")).Values);
    }

    /// <summary>Who asks it to try again while the other one is still there learns within moments that it is.</summary>
    [Fact]
    public async Task FarApart_AskedToTryAgain_LeavesAgain_AndNobodyElseIsDisturbed()
    {
        await LineWithTheElderAsync();
        await UpAsync("second", _second, "d");
        await WaitForLogAsync("second", "withdrew");
        await WaitForWayAsync("d", "worker@double", "c", "b", "double");
        LocalNode client = await JoinClientAsync("c", "client");
        for (int i = 1; i <= 3; i++)
        {
            Assert.Equal(0, (await RunAtAsync("second", "peer", "add", AgentOf("d").Url)).ExitCode);
            await WaitUntilAsync(
                async () =>
                {
                    Assert.Equal("first", await client.CallAsync<string>("worker@double", "where"));
                    return await CountAsync("second", "withdrew") == i + 1;
                },
                "it stays although the elder is there");
        }
    }

    /// <summary>first (the elder, with a node) - b - c - d.</summary>
    private async Task LineWithTheElderAsync()
    {
        await UpAsync("first", _second);
        await UpAsync("b", "first");
        await UpAsync("c", "b");
        await UpAsync("d", "c");
        await JoinEchoAsync("first", "worker");
        await WaitForWayAsync("d", "worker@double", "c", "b", "double");
    }

    private async Task AssertSaysWhyItIsAwayAsync(string agent)
    {
        JsonElement row = (await RunAtAsync(agent, "peers", "--json")).Json().EnumerateArray().First();
        Assert.Equal(("double", "Away"), (row.GetProperty("id").GetString(), row.GetProperty("state").GetString()));
        Assert.Contains("--node-id", row.GetProperty("last_error").GetString());
        Assert.True(row.GetProperty("next_try_ms").GetDouble() > 0);
        Assert.Contains("Away, again in", (await RunAtAsync(agent, "peers")).Output);
        Assert.Contains("--node-id", (await RunAtAsync(agent, "why", AgentOf("d").Url)).Output);
        Assert.Contains("this agent is away", (await RunAtAsync(agent, "why", "double")).Output);
        Assert.Equal(1, await CountAsync(agent, "withdrew"));
        LocalNode client = await JoinClientAsync(agent, "client");
        Assert.Equal(agent, await client.CallAsync<string>("worker", "where"));
        Assert.Equal(LocalCastError.DuplicateNode, await FailsAsync(client, "counter@d", "anything"));
        Assert.Equal(LocalCastError.DuplicateNode, await FailsAsync(client, "counter", "anything"));
        CommandResult ping = await RunAtAsync(agent, "ping", "--mesh");
        Assert.Equal(ErrorCatalog.ExitCodeOf(LocalCastError.DuplicateNode), ping.ExitCode);
        Assert.Contains("worker", ping.Output); // of this machine
        Assert.Contains("DuplicateNode: this agent is away from the mesh", ping.Errors);
        (await RunAtAsync(agent, "route", "counter@d")).AssertFailed(ErrorCatalog.ExitCodeOf(LocalCastError.DuplicateNode), "--node-id");
    }

    private async Task<long> CountAsync(string agent, string name) =>
        (await AskAsync(agent, "mesh-events")).EnumerateArray().Where(row => row.GetProperty("event").GetString() == name).Sum(row => row.GetProperty("count").GetInt64());
}
