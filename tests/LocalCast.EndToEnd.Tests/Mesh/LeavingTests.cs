using System.Runtime.InteropServices;
using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Agents that stop in good order, peers that come late, and peers added and removed while agents run.</summary>
public sealed class LeavingTests : MeshTest
{
    [Fact]
    public async Task AgentStops_OthersAreToldAtOnce_AndItComesBack()
    {
        await UpAsync("b");
        await UpAsync("a", "b");
        await JoinEchoAsync("b", "dns");
        LocalNode client = await JoinClientAsync("a", "client");
        await using NodeSubscription<JsonElement> news = await client.OpenSubscriptionAsync<JsonElement>(Topic.Nodes).DefaultTimeout();
        await using IAsyncEnumerator<TopicMessage<JsonElement>> events = news.ReadAllAsync().GetAsyncEnumerator();
        await WaitForWayAsync("a", "dns", "b");

        AgentOf("b").Process.Signal(PosixSignal.SIGTERM);

        // Told by the one that leaves: silence would take more than a minute to mean something.
        await WaitForEventAsync(events, "left");
        Assert.Equal(0, (await AgentOf("b").Process.WaitForExitAsync()).ExitCode);
        Assert.Equal(LocalCastError.NodeNotFound, await FailsAsync(client, "dns", "where"));
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(client, "dns@b", "where"));
        Assert.DoesNotContain("Connected", (await PeersAsync("a")).Values);
        Assert.Contains("the agent leaves", (await RunAtAsync("a", "why", "b")).Output);

        // Its node joins again by itself, and a dials again within its back-off.
        await UpAgainAsync("b");
        await WaitForEventAsync(events, "arrived");
        Assert.Equal("b", await client.CallAsync<string>("dns", "where").AsTask().DefaultTimeout());
    }

    [Fact]
    public async Task PeerThatDoesNotExistYet_IsDialledUntilItDoes()
    {
        await UpAsync("late");
        await CrashAsync("late");
        await UpAsync("early", "late");
        await WaitUntilAsync(async () => (await AskAsync("early", "peers")).EnumerateArray().Any(row => row.GetProperty("last_error").ValueKind == JsonValueKind.String), "the failed attempt is not shown");
        Assert.Contains(AgentOf("late").Url, (await RunAtAsync("early", "peers")).Output);

        await UpAgainAsync("late");

        await WaitForMeshAsync("early", "late");
    }

    [Fact]
    public async Task PeerAddedAndRemoved_WhileItRuns()
    {
        await UpAsync("a");
        await UpAsync("b");
        Assert.Contains("no peers", (await RunAtAsync("a", "peers")).Output);
        (await RunAtAsync("a", "peer", "add", "nonsense")).AssertFailed(ErrorCatalog.ExitCodeOf(LocalCastError.BadRequest), "ws://");
        (await RunAtAsync("a", "peer", "add", AgentOf("a").Url)).AssertFailed(ErrorCatalog.ExitCodeOf(LocalCastError.SelfConnect));

        Assert.Equal(0, (await RunAtAsync("a", "peer", "add", AgentOf("b").Url)).ExitCode);
        await WaitForMeshAsync("a", "b");
        Assert.Equal("Connected", (await PeersAsync("a"))["b"]);

        Assert.Equal(0, (await RunAtAsync("a", "peer", "remove", "b")).ExitCode);
        await WaitForLossAsync("a", "b");
        await WaitForLossAsync("b", "a");
        Assert.Empty(await PeersAsync("a"));
        await WaitUntilAsync(async () => (await PeersAsync("b")).Count == 0, "b keeps the link");
        (await RunAtAsync("a", "peer", "remove", "b")).AssertFailed(ErrorCatalog.ExitCodeOf(LocalCastError.NodeNotFound), "'b'");

        Assert.Equal(0, (await RunAtAsync("a", "peer", "add", AgentOf("b").Url)).ExitCode);
        await WaitForMeshAsync("a", "b");
    }

    private static async Task WaitForEventAsync(IAsyncEnumerator<TopicMessage<JsonElement>> events, string what)
    {
        do
        {
            Assert.True(await events.MoveNextAsync().AsTask().DefaultTimeout());
        }
        while (!IsIt(events.Current.Data, what));
    }

    private static bool IsIt(JsonElement news, string what) =>
        news.GetProperty("event").GetString() == what && news.TryGetProperty("agent", out JsonElement agent) && agent.GetString() == "b"
        && news.GetProperty("node").GetProperty("name").GetString() == "dns";
}
