using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Which node a name means when there are several, or none that may be seen.</summary>
public sealed class MeshNamesTests : MeshTest
{
    [Fact]
    public async Task OneNameOnManyAgents_LocalFirst_ThenNearest_ThenTheNext()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await UpAsync("c", "b");
        await UpAsync("d", "c");
        await UpAsync("e", "a");
        await JoinEchoAsync("d", "svc");
        LocalNode client = await JoinClientAsync("a", "client");
        await WaitForWayAsync("a", "svc", "b", "c", "d");
        await JoinEchoAsync("b", "svc");
        await WaitForWayAsync("a", "svc", "b");

        Assert.Equal("b", await WhereAsync(client, "svc"));
        Assert.Equal("d", await WhereAsync(client, "svc@d"));
        JsonElement route = await AskAsync("a", "route", "svc");
        Assert.Equal(["svc@d"], route.GetProperty("others").EnumerateArray().Select(other => other.GetString()));

        LocalNode local = await JoinEchoAsync("a", "svc");
        Assert.Equal("a", await WhereAsync(client, "svc"));
        Assert.Equal("a", await WhereAsync(client, "svc@a"));
        Assert.Equal("b", await WhereAsync(client, "svc@b"));
        await local.DisposeAsync();
        await WaitForWayAsync("a", "svc", "b");
        Assert.Equal("b", await WhereAsync(client, "svc"));

        await JoinEchoAsync("e", "svc");
        await WaitForWayAsync("a", "svc@e", "e");
        await CrashAsync("b");
        await WaitForLossAsync("a", "b");
        Assert.Equal("e", await WhereAsync(client, "svc"));
    }

    [Fact]
    public async Task AgentAndHiddenNodes_AcrossTheMesh()
    {
        await UpAsync("a");
        await UpAsync("b", new MeshAgentSetup { Options = ["--disable-registry"] }, "a");
        await JoinEchoAsync("b", "hidden");
        await JoinEchoAsync("a", "open");
        LocalNode client = await JoinClientAsync("a", "client");
        await WaitForMeshAsync("a", "b");

        // What b does not tell can still be called by who knows it, and b sees what others tell.
        Assert.Equal(LocalCastError.NodeNotFound, await FailsAsync(client, "hidden", "where"));
        Assert.Equal("b", await WhereAsync(client, "hidden@b"));
        await WaitForWayAsync("b", "open", "a");

        // Of an agent of another machine there is what it is and what it has, unless it hides that, and nothing that changes it.
        Assert.Equal("b", (await client.CallAsync<JsonElement>("localcast@b", "info").AsTask().DefaultTimeout()).GetProperty("id").GetString());
        Assert.Equal(LocalCastError.Forbidden, await FailsAsync(client, "localcast@b", "ps"));
        JsonElement rows = await (await JoinClientAsync("b", "client-of-b")).CallAsync<JsonElement>("localcast@a", "ps").AsTask().DefaultTimeout();
        Assert.Contains("open", rows.EnumerateArray().Select(row => row.GetProperty("name").GetString()));
        Assert.Equal(LocalCastError.Forbidden, await FailsAsync(client, "localcast@b", "peers"));
        Assert.Equal(LocalCastError.Forbidden, await FailsAsync(client, "localcast@b", "stop"));

        // A client of a few lines in any language names an agent in the same way.
        using JsonConnection json = await JsonConnection.JoinAsync(PipeOf("a"), "script");
        await json.SendAsync(new { type = "call", id = "7", to = "hidden@b", data = new { method = "where", args = Array.Empty<object>() } });
        JsonElement result = await json.ReceiveAsync("result");
        Assert.Equal(("7", "b"), (result.GetProperty("reply_to").GetString(), result.GetProperty("data").GetProperty("result").GetString()));
        await json.SendAsync(new { type = "call", id = "8", to = "hidden@nowhere", data = new { method = "where", args = Array.Empty<object>() } });
        JsonElement refused = await json.ReceiveAsync("result");
        Assert.Equal(("8", "NoRoute"), (refused.GetProperty("reply_to").GetString(), refused.GetProperty("error").GetProperty("name").GetString()));
    }

    [Fact]
    public async Task PingOfOneNode_WhereverItIs_AnswersOrSaysWhyNot()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await JoinEchoAsync("b", "far");
        await JoinEchoAsync("b", "other");
        await WaitForWayAsync("a", "far", "b");

        Assert.Equal("far@b", (await RunAtAsync("a", "ping", "far@b", "--json")).Json()[0].GetProperty("name").GetString());
        Assert.Equal("far@b", (await RunAtAsync("a", "ping", "far", "--mesh", "--json")).Json().EnumerateArray().Single().GetProperty("name").GetString());
        Assert.Equal("far", (await RunAtAsync("b", "ping", "far@b", "--json")).Json()[0].GetProperty("name").GetString());
        (await RunAtAsync("a", "ping", "far")).AssertFailed(ErrorCatalog.ExitCodeOf(LocalCastError.NodeNotFound), "no node is named 'far'");
        (await RunAtAsync("a", "ping", "nobody@b")).AssertFailed(ErrorCatalog.ExitCodeOf(LocalCastError.NodeNotFound), "the agent 'b' has no node 'nobody'", "localcast call localcast@b ps");
        (await RunAtAsync("a", "ping", "far@nowhere")).AssertFailed(ErrorCatalog.ExitCodeOf(LocalCastError.NoRoute), "no agent 'nowhere' is known");
    }
}
