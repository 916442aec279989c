using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

/// <summary>What an operator orders, and what others make of it.</summary>
public sealed class OperatorTests : SupervisorTest
{
    private static readonly string[] _a = ["a"];
    private static readonly object[] _bindA = [new { node = "a", mode = "bind" }];

    [Fact]
    public async Task Start_Node_StartsWhatItRequires()
    {
        AddPlugin("a", new { run = Joining(), activation = "manual" });
        AddPlugin("b", new { run = Joining(), activation = "manual", requires = _a });
        AddPlugin("c", new { run = Joining(), activation = "manual", requires = new[] { "b" } });
        AddPlugin("other", new { run = Joining(), activation = "manual" });
        await UpAsync();
        NodeLine c = new(Assert.Single((await RunAsync("start", "c", "--json")).Json().EnumerateArray()));
        Assert.Equal("Ready", c.State);
        Assert.Equal("Ready", (await LookAsync("a")).State);
        Assert.Equal("Ready", (await LookAsync("b")).State);
        Assert.Null((await LookAsync("other")).Pid);
        (await RunAsync("start", "nobody")).AssertFailed(14, "NodeNotFound", "nobody");
    }

    [Fact]
    public async Task Start_MoreNodesThanTheAgentTakesCallsOfOne_StartsThemAll()
    {
        string[] names = [.. Enumerable.Range(0, 100).Select(number => $"job{number:00}")];
        foreach (string name in names)
        {
            AddPlugin(name, new { run = Shell("exit 0"), activation = "manual", readiness = "exit" });
        }

        await UpAsync();
        CommandResult result = await RunAsync(["start", .. names, "--json"]);

        Assert.Equal(names, result.Json().EnumerateArray().Select(line => line.GetProperty("name").GetString()));
        Assert.All(result.Json().EnumerateArray(), line => Assert.Equal("Completed", line.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Stop_ByAnOperator_IsUndoneByNobodyElse()
    {
        AddPlugin("a", new { run = Joining(), activation = "onDemand" });
        AddPlugin("b", new { run = Joining(), requires = _a, restart = new { policy = "on-failure", backoffMs = 10 } });
        await UpAsync();
        await WaitForStateAsync("b", "Ready");
        Assert.Equal(0, (await RunAsync("stop", "a")).ExitCode);
        NodeLine stopped = await LookAsync("a");
        Assert.Equal("Disabled", stopped.State);
        Assert.Null(stopped.Pid);
        Assert.Equal("Ready", (await LookAsync("b")).State); // needed it to start, and has started

        (await RunAsync("call", "a", "pid")).AssertFailed(15, "NodeNotReady", "stopped");
        (await RunAsync("require", "a")).AssertFailed(15, "stopped");
        await CallFailsAsync("b", "die", null, 1);
        NodeLine b = await WaitForStateAsync("b", "Failed"); // what it requires is not coming
        Assert.Contains("a", b.Reason);
        Assert.Contains("stopped", b.Reason);
        AddPlugin("a", new { run = Joining("--version", "2"), activation = "onDemand" });
        await CallAsync<JsonElement>("localcast", "reload");
        Assert.Equal("Disabled", (await LookAsync("a")).State);
        Assert.Empty(AgentProcesses.NodesOf(Pipe));

        Assert.Equal(0, (await RunAsync("start", "a")).ExitCode);
        await WaitForStateAsync("b", "Ready");
    }

    [Fact]
    public async Task Stop_WithBoundDependents_TakesThemDownFirstAndTheyComeBackWithIt()
    {
        AddPlugin("a", new { run = Joining() });
        AddPlugin("b", new { run = Joining("--stop-when", Gate("b")), requires = _bindA });
        AddPlugin("c", new { run = Joining(), requires = new object[] { new { node = "b", mode = "bind" } } });
        AddPlugin("free", new { run = Joining(), requires = _a });
        await UpAsync();
        await WaitForStateAsync("c", "Ready");
        int free = (await WaitForStateAsync("free", "Ready")).Pid!.Value;
        CommandProcess stop = Start("stop", "a");
        await WaitForAsync("c", line => line.Pid is null, "its end"); // the last one first
        NodeLine b = await WaitForStateAsync("b", "Draining");
        Assert.NotNull(b.Pid);
        Assert.True(AgentProcesses.IsAlive((await LookAsync("a")).Pid!.Value)); // b still runs, and a with it
        Open("b");
        Assert.Equal(0, (await stop.WaitForExitAsync()).ExitCode);
        Assert.Equal("Disabled", (await LookAsync("a")).State);
        Assert.Null((await LookAsync("b")).Pid);
        Assert.Equal(free, (await LookAsync("free")).Pid);

        Assert.Equal(0, (await RunAsync("start", "a")).ExitCode);
        await WaitForStateAsync("c", "Ready");
        Assert.Equal(free, (await LookAsync("free")).Pid);
    }

    [Fact]
    public async Task Restart_OfAPrerequisite_RestartsWhatIsBoundAndNothingElse()
    {
        AddPlugin("a", new { run = Joining() });
        AddPlugin("b", new { run = Joining(), requires = _bindA });
        AddPlugin("free", new { run = Joining(), requires = _a });
        await UpAsync();
        int a = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        int b = (await WaitForStateAsync("b", "Ready")).Pid!.Value;
        int free = (await WaitForStateAsync("free", "Ready")).Pid!.Value;
        Assert.Equal(0, (await RunAsync("restart", "a")).ExitCode);
        NodeLine again = await WaitForAsync("b", line => line.State == "Ready" && line.Pid != b, "another process");
        Assert.NotEqual(a, (await LookAsync("a")).Pid);
        Assert.Equal(0, again.Restarts); // nothing failed
        Assert.Equal(free, (await LookAsync("free")).Pid);
    }

    [Fact]
    public async Task Up_PresentAndSoft_FailAtOnceAndGoWithout()
    {
        AddPlugin("a", new { run = Joining(), activation = "manual" });
        AddPlugin("needs", new { run = Joining(), requires = new object[] { new { node = "a", mode = "present" } } });
        AddPlugin("would-like", new { run = Joining(), requires = new object[] { new { node = "a", mode = "soft" }, new { node = "slow", mode = "soft" }, new { node = "bad", mode = "soft" } } });
        AddPlugin("slow", new { run = Joining("--join-when", Gate("slow")) });
        AddPlugin("bad", new { run = Shell("exit 5"), restart = "never" });
        await UpAsync();
        NodeLine needs = await WaitForStateAsync("needs", "Failed");
        Assert.Contains("a", needs.Reason);
        await WaitForStateAsync("bad", "Failed");
        NodeLine waits = await LookAsync("would-like");
        Assert.Equal("Waiting", waits.State); // only for the one that is on its way
        Assert.Equal("slow", Assert.Single(waits.Json.GetProperty("waiting_on").EnumerateArray()).GetString());
        Open("slow");
        await WaitForStateAsync("would-like", "Ready");
        Assert.Null((await LookAsync("a")).Pid); // neither of them pulls it in
    }

    [Fact]
    public async Task Up_NodeJoinedByItself_CountsAndIsNotStartedASecondTime()
    {
        AddPlugin("needs", new { run = Joining(), requires = new[] { "echo" } }); // nobody knows it yet
        AddPlugin("later", new { run = Joining(), activation = "manual", requires = new[] { "echo" } });
        await UpAsync();
        Assert.Contains("echo", (await WaitForStateAsync("needs", "Failed")).Reason);
        CommandProcess echo = await StartEchoAsync();
        await WaitForStateAsync("needs", "Ready");

        AddPlugin("echo", new { run = Joining() }); // now the agent could start one itself
        NodeLine foreign = await WaitForAsync("echo", line => line.Json.GetProperty("activation").ValueKind == JsonValueKind.String, "a manifest");
        Assert.Equal("Ready", foreign.State);
        Assert.Equal(echo.Pid, foreign.Pid);
        Assert.False(foreign.Json.GetProperty("supervised").GetBoolean());
        Assert.Equal(0, (await RunAsync("start", "later", "echo")).ExitCode);
        Assert.Equal(2, AgentProcesses.NodesOf(Pipe).Count); // needs, later
        Assert.Equal("HELLO", await CallAsync<string>("echo", "upper", "hello"));
    }
}
