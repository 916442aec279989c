using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

/// <summary>What the command says of other agents: who is there, which node is whose, and what to do when a name does not do.</summary>
public sealed class MeshWordsTests : MeshTest
{
    [Fact]
    public async Task Call_NodeThatAnAgentDoesNotHave_NamesTheAgentAndHowToLook()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await WaitForMeshAsync("a", "b");

        foreach (string command in (string[])["call", "ping"])
        {
            CommandResult failed = await RunAtAsync("a", command == "call" ? ["call", "echo@b", "where"] : ["ping", "echo@b"]);
            Assert.Equal("localcast: NodeNotFound: the agent 'b' has no node 'echo'\n  who is there: localcast call localcast@b ps\n", failed.Errors);
        }

        CommandResult route = await RunAtAsync("a", "route", "echo@b");
        Assert.Contains("the agent 'b' has no node 'echo', or does not tell of it", route.Errors);
        Assert.Equal(0, (await RunAtAsync("a", "call", "localcast@b", "ps")).ExitCode); // what the hint says works
    }

    [Fact]
    public async Task AgentName_BorneBySeveral_EveryCommandSaysSoWithTheirIds()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await WaitForMeshAsync("a", "b");
        await JoinEchoAsync("a", "worker");
        string name = Environment.MachineName; // of both

        string[][] commands = [["call", $"worker@{name}", "where"], ["ping", $"worker@{name}"], ["route", $"worker@{name}"], ["require", $"worker@{name}", "--mesh", "--timeout", "0.2"], ["call", $"localcast@{name}", "info"]];
        foreach (string[] command in commands)
        {
            CommandResult failed = await RunAtAsync("a", command);
            Assert.NotEqual(0, failed.ExitCode);
            Assert.Contains($"several agents bear the name '{name}': ids a, b", failed.Errors);
        }

        Assert.Contains($"several agents bear the name '{name}': ids a, b", (await RunAtAsync("a", "why", name)).Output);
        Assert.Equal("\"a\"\n", (await RunAtAsync("a", "call", "worker@a", "where", "--json")).Output);
    }

    [Fact]
    public async Task Peers_All_ShowsAgentsThatAreNotLinkedToo()
    {
        await UpAsync("a");
        Assert.Contains("no other agent can be reached", (await RunAtAsync("a", "peers", "--all")).Output);
        await UpAsync("b", "a");
        await UpAsync("c", "b");
        await JoinEchoAsync("c", "worker");
        await WaitForWayAsync("a", "worker", "b", "c");

        JsonElement[] rows = [.. JsonDocument.Parse((await RunAtAsync("a", "peers", "--all", "--json")).Output).RootElement.EnumerateArray()];

        Assert.Equal(["b", "c"], rows.Select(row => row.GetProperty("id").GetString()));
        Assert.Equal([1, 2], rows.Select(row => row.GetProperty("hops").GetInt32()));
        Assert.Equal(["b", "b"], rows.Select(row => row.GetProperty("next_hop").GetString()));
        Assert.All(rows, row => Assert.True(row.GetProperty("rtt_ms").GetDouble() >= 0));
        Assert.Equal(("worker", "Ready"), (rows[1].GetProperty("nodes")[0].GetProperty("name").GetString(), rows[1].GetProperty("nodes")[0].GetProperty("state").GetString()));
        Assert.Contains("worker", (await RunAtAsync("a", "peers", "--all")).Output);
    }

    [Fact]
    public async Task Require_InTheMesh_SaysWhoseItIs_AndTakesThatOfOneAgent()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await UpAsync("c", "a");
        await WaitForMeshAsync("a", "b", "c");
        await JoinEchoAsync("c", "worker");
        await WaitForWayAsync("a", "worker", "c");

        Assert.Equal("c", await AgentOfRequiredAsync("worker", "--mesh"));
        Assert.Equal("c", await AgentOfRequiredAsync("worker@c", "--mesh"));
        Assert.Equal("c", await AgentOfRequiredAsync("worker@c", "--mesh", "--fresh", "5"));
        Assert.Contains("AGENT", (await RunAtAsync("a", "require", "worker@c", "--mesh")).Output);

        CommandResult elsewhere = await RunAtAsync("a", "require", "worker@b", "--mesh", "--timeout", "0.2");
        Assert.Contains("NodeNotReady: the agent 'b' has no node 'worker'", elsewhere.Errors);
        await JoinEchoAsync("a", "worker");
        Assert.Equal("a", await AgentOfRequiredAsync("worker", "--mesh"));
        Assert.Equal("a", await AgentOfRequiredAsync("worker@a", "--mesh"));
        CommandResult here = await RunAtAsync("a", "require", "worker@c");
        Assert.Contains("BadRequest: 'worker@c' is the node of one agent, so it takes --mesh", here.Errors);
        Assert.Contains("--mesh", here.Errors);
    }

    [Fact]
    public async Task Up_ItsOwnAddressAsAPeer_IsLeftOutAndTheLogSaysSo()
    {
        string port = (await UpAsync("a")).Port;
        await CrashAsync("a");

        await UpAsync("a", $"ws://127.0.0.1:{port}");

        await WaitForLogAsync("a", $"The peer ws://127.0.0.1:{port} is the address of this agent itself");
        Assert.Empty((await RunAtAsync("a", "peers", "--json")).Json().EnumerateArray());
    }

    [Fact]
    public async Task Node_OfAnotherAgentOnly_EveryCommandSaysHowItIsHad()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await WaitForMeshAsync("a", "b");
        await JoinEchoAsync("b", "worker");
        await WaitForWayAsync("a", "worker", "b");

        (await RunAtAsync("a", "ping", "worker")).AssertFailed(14, "no node is named 'worker'", "another agent has it: localcast ping worker --mesh, or localcast ping worker@b");
        (await RunAtAsync("a", "require", "worker", "--timeout", "0.2")).AssertFailed(15, "still missing: worker (not on this machine; another agent has it: --mesh)");
        (await RunAtAsync("a", "call", "b", "where")).AssertFailed(14, "no node is named 'b'", "'b' is an agent: localcast call localcast@b info; its nodes are NODE@b");
        (await RunAtAsync("a", "route", "b")).AssertFailed(14, "no node 'b' in the mesh, but 'b' is an agent: its nodes are NODE@b, it is localcast@b");
        (await RunAtAsync("a", "ping", "worker@bb")).AssertFailed(23, "no agent 'bb' is known", "who is there: localcast peers --all");
        (await RunAtAsync("a", "route", "worker@bb")).AssertFailed(23, "no agent 'bb' is known", "who is there: localcast peers --all");
    }

    [Fact]
    public async Task Peers_OrdersAndMistakes_AreAnsweredInWords()
    {
        await UpAsync("a");
        (await RunAtAsync("a", "peer", "remove", "nobody")).AssertFailed(14, "there is no peer 'nobody'", "who is there: localcast peers\n");
        (await RunAtAsync("a", "why", "ws://127.0.0.1:1")).AssertFailed(14, "the mesh knows no agent or address 'ws://127.0.0.1:1'", "agents: localcast peers --all");
        (await RunAtAsync("a", "peer", "add", "127.0.0.1:1")).AssertFailed(11, "the peer '127.0.0.1:1' is no address such as ws://host:46356: ws:// is missing at its beginning");

        Assert.Equal("dials ws://127.0.0.1:1: localcast peers shows what becomes of it\n", (await RunAtAsync("a", "peer", "add", "ws://127.0.0.1:1")).Output);
        Assert.Contains("127.0.0.1:1", (await RunAtAsync("a", "why", "127.0.0.1:1")).Output);
        Assert.Equal("127.0.0.1:1 is dialled no more\n", (await RunAtAsync("a", "peer", "remove", "127.0.0.1:1")).Output);
    }

    [Fact]
    public async Task Why_AgentBehindOneThatIsGone_SaysThatNoLinkLeadsToIt()
    {
        await UpAsync("b");
        await UpAsync("a", "b");
        await UpAsync("c", "b");
        await WaitForMeshAsync("a", "c");
        await CrashAsync("b");
        await WaitForLossAsync("a", "c");

        CommandResult why = await RunAtAsync("a", "why", "c");

        Assert.Equal(0, why.ExitCode);
        Assert.Contains("no way over others: the agent 'c' is known, but no link leads to it now", why.Output);
    }

    private async Task<string?> AgentOfRequiredAsync(params string[] arguments)
    {
        CommandResult result = await RunAtAsync("a", ["require", .. arguments, "--json", "--timeout", "10"]);
        Assert.True(result.ExitCode == 0, result.Errors);
        return JsonDocument.Parse(result.Output).RootElement[0].GetProperty("agent").GetString();
    }
}
