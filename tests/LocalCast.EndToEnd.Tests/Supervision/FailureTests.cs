using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Nodes that die, hang, or never come.</summary>
public sealed class FailureTests : SupervisorTest
{
    [Fact]
    public async Task Node_Killed_IsStartedAgainAndCounted()
    {
        AddPlugin("a", new { run = Joining(), restart = new { backoffMs = 10 } });
        await UpAsync();
        int pid = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        AgentProcesses.SendKill(pid);
        NodeLine again = await WaitForAsync("a", line => line.State == "Ready" && line.Pid != pid, "another process");
        Assert.Equal(1, again.Restarts);
        JsonElement why = (await RunAsync("why", "a", "--json")).Json();
        Assert.Contains(why.GetProperty("history").EnumerateArray(), step => step.GetProperty("state").GetString() == "Backoff" && step.GetProperty("cause").GetString()!.Contains("signal 9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Node_InBackoff_WhySaysExitStderrAndNextTry()
    {
        AddPlugin("a", new { run = Shell("echo fine; echo cannot open the device >&2; echo giving up >&2; exit 3"), restart = new { backoffMs = 60000, maxBackoffMs = 60000 } });
        await UpAsync();
        await WaitForStateAsync("a", "Backoff");
        string why = (await RunAsync("why", "a")).Output;
        Assert.Contains("a is in Backoff: exit 3", why);
        Assert.Contains("next try in", why);
        Assert.Contains("      cannot open the device\n      giving up\n", why);
        Assert.DoesNotContain("      fine\n", why);
        JsonElement link = (await RunAsync("why", "a", "--json")).Json().GetProperty("chain")[0];
        Assert.Equal("exit 3", link.GetProperty("last_exit").GetString());
        Assert.InRange(link.GetProperty("next_in_ms").GetInt64(), 1, 72_000);
        Assert.Equal(["cannot open the device", "giving up"], link.GetProperty("error_lines").EnumerateArray().Select(line => line.GetString()));
    }

    [Fact]
    public async Task Node_FailsFiveTimes_IsACrashLoopWithOneLoudEvent()
    {
        AddPlugin("a", new { run = Shell("exit 4"), restart = new { backoffMs = 1, maxBackoffMs = 60000 } });
        await UpAsync();
        NodeLine loop = await WaitForStateAsync("a", "CrashLoop");
        Assert.Equal(4, loop.Restarts);
        Assert.Contains("exit 4", loop.Reason);
        Assert.Contains("(5 times), next try in", (await RunAsync("why", "a")).Output);
        await DownAsync();
        Assert.Single(Agent.Errors.Split('\n'), line => line.Contains("CrashLoop", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prerequisite_ThatRestarts_IsWaitedFor()
    {
        AddPlugin("a", new { run = Joining("--join-when", Gate("a")), restart = new { backoffMs = 10 } });
        AddPlugin("b", new { run = Joining(), requires = new[] { "a" } });
        await UpAsync();
        int pid = (await WaitForAsync("a", line => line.Pid is not null, "a process")).Pid!.Value;
        AgentProcesses.SendKill(pid);
        await WaitForAsync("a", line => line.Restarts == 1 && line.State == "Starting" && line.Pid is not null, "another try");
        Assert.Equal("Waiting", (await LookAsync("b")).State);
        Open("a");
        await WaitForStateAsync("b", "Ready");
        Assert.DoesNotContain(Line("b", "Failed"), Agent.Output);
    }

    [Fact]
    public async Task Prerequisite_ThatFailed_FailsDependentsWithTheChain()
    {
        AddPlugin("a", new { run = Shell("exit 9"), restart = "never" });
        AddPlugin("b", new { run = Joining(), requires = new[] { "a" } });
        AddPlugin("c", new { run = Joining(), requires = new[] { "b" } });
        await UpAsync();
        await WaitForStateAsync("c", "Failed");
        Assert.Empty(AgentProcesses.NodesOf(Pipe));
        (await RunAsync("call", "c", "pid")).AssertFailed(15, "NodeNotReady", "c is Failed", "b is Failed", "a is Failed: exit 9");
        (await RunAsync("require", "c")).AssertFailed(15, "NodeNotReady", "c is Failed", "a is Failed: exit 9");
        (await RunAsync("start", "c")).AssertFailed(15, "a is Failed: exit 9"); // tried again, and failed again
        AddPlugin("a", new { run = Joining() });
        await WaitForStateAsync("c", "Ready"); // mended
    }

    [Fact]
    public async Task Node_Stopped_IsDegradedThenKilledAndStartedAgain()
    {
        AddPlugin("a", new { run = Joining(), liveness = new { intervalMs = 100, timeoutMs = 700, failures = 2 }, restart = new { backoffMs = 10 } });
        await UpAsync();
        int pid = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        AgentProcesses.SendStop(pid);
        NodeLine again = await WaitForAsync("a", line => line.State == "Ready" && line.Pid != pid, "another process");
        Assert.False(AgentProcesses.IsAlive(pid));
        Assert.Equal(1, again.Restarts);
        Assert.Matches("(?s)Degraded +no pong.*hung: no pong", (await RunAsync("why", "a")).Output);
    }

    [Fact]
    public async Task EssentialNode_Fails_EndsTheAgentWithItsCodeAndTheNextOneStillKnowsWhy()
    {
        AddPlugin("a", new { run = Joining("--exit-when", Gate("end"), "--exit-code", "42"), restart = "never", essential = true });
        AddPlugin("b", new { run = Joining() });
        await UpAsync();
        await WaitForStateAsync("a", "Ready");
        await WaitForStateAsync("b", "Ready");
        Open("end");
        CommandResult result = await Agent.WaitForExitAsync();
        Assert.Equal(42, result.ExitCode);
        Assert.EndsWith("stopped\n", result.Output, StringComparison.Ordinal);
        Assert.Empty(AgentProcesses.NodesOf(Pipe));

        File.Delete(Gate("end"));
        await UpAsync();
        await WaitForStateAsync("a", "Ready");
        JsonElement[] history = [.. (await RunAsync("why", "a", "--json")).Json().GetProperty("history").EnumerateArray()];
        int failed = Array.FindIndex(history, step => step.GetProperty("state").GetString() == "Failed" && step.GetProperty("cause").GetString() == "exit 42");
        int ready = Array.FindLastIndex(history, step => step.GetProperty("state").GetString() == "Ready");
        Assert.InRange(failed, 0, ready - 1);
    }

    [Fact]
    public async Task Node_NeverReady_FailsByItsTimeAndSaysWhatItWaitedFor()
    {
        AddPlugin("a", new { run = Shell("exec sleep 1000"), readiness = new { kind = "log", pattern = "ready", timeoutMs = 50 }, restart = "never" });
        await UpAsync();
        NodeLine failed = await WaitForStateAsync("a", "Failed");
        Assert.Contains("50 ms", failed.Reason);
        Assert.Empty(AgentProcesses.NodesOf(Pipe));
        LocalCastException e = await CallFailsAsync("a", "pid");
        Assert.Equal(LocalCastError.NodeNotReady, e.Code);
    }
}
