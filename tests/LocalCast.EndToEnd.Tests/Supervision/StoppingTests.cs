using System.Runtime.InteropServices;
using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

/// <summary>How nodes and the agent end.</summary>
public sealed class StoppingTests : SupervisorTest
{
    private static readonly string[] _a = ["a"];
    private static readonly string[] _both = ["b", "c"];

    [Fact]
    public async Task Agent_Terminated_StopsDependentsFirstAndEqualsAtOnce()
    {
        AddPlugin("a", new { run = Joining("--stop-when", Gate("a")) });
        AddPlugin("b", new { run = Joining("--stop-when", Gate("b")), requires = _a });
        AddPlugin("c", new { run = Joining("--stop-when", Gate("c")), requires = _a });
        AddPlugin("d", new { run = Joining("--stop-when", Gate("d")), requires = _both });
        await UpAsync();
        await WaitForStateAsync("d", "Ready");
        Agent.Signal(PosixSignal.SIGTERM);
        await WaitForAskedAsync("d");
        Assert.False(await IsAskedAsync("b"));
        Open("d");
        await WaitForAskedAsync("b");
        await WaitForAskedAsync("c"); // neither has ended
        Assert.False(await IsAskedAsync("a"));
        Open("b");
        await WaitForAsync("b", line => line.Pid is null, "its end");
        Assert.False(await IsAskedAsync("a")); // c still needs it
        Open("c");
        await WaitForAskedAsync("a");
        Open("a");
        CommandResult result = await Agent.WaitForExitAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("stopped\n", result.Output, StringComparison.Ordinal);
        Assert.Empty(AgentProcesses.NodesOf(Pipe));
    }

    [Fact]
    public async Task Agent_NodeThatEndsForNobody_IsNamedWithTheTimeLeftAndKilled()
    {
        AddPlugin("a", new { run = Joining() });
        AddPlugin("deaf", new { run = Joining("--deaf"), requires = _a, stop = new { timeoutMs = 700, terminateMs = 700 } });
        await UpAsync();
        await WaitForStateAsync("deaf", "Ready");
        JsonElement plan = (await RunAsync("stop", "--plan", "--json")).Json();
        Assert.Equal(["deaf", "a"], plan.GetProperty("steps").EnumerateArray().Select(step => step[0].GetProperty("name").GetString()));
        Assert.Equal(6400 + 15000, plan.GetProperty("worst_case_ms").GetInt64());
        Assert.Matches("""(?s)^  1\. deaf \(Ready, at most 6\.4 s\)\n  2\. a .*at most 21\.4 s""", (await RunAsync("stop", "--plan")).Output);

        CommandResult result = await DownAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"stopping waits for .*deaf \(Draining, \d\.\d s left\)", result.Errors);
        Assert.Matches(@"stopping waits for .*deaf \(Stopping, \d\.\d s left\)", result.Errors);
    }

    [Fact]
    public async Task Node_AsksForMoreTime_GetsIt()
    {
        AddPlugin("a", new { run = Joining("--stop-when", Gate("a"), "--extend", "40000"), stop = new { timeoutMs = 500, maxExtensionMs = 50000 } });
        await UpAsync();
        await WaitForStateAsync("a", "Ready");
        CommandProcess stop = Start("stop", "a");
        NodeLine draining = await WaitForAsync("a", line => line.State == "Draining" && TimeLeft(line) > TimeSpan.FromSeconds(20), "more time");
        Assert.InRange(TimeLeft(draining), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(41));
        Open("a");
        Assert.Equal(0, (await stop.WaitForExitAsync()).ExitCode);
        NodeLine stopped = await LookAsync("a");
        Assert.Equal("Disabled", stopped.State);
        Assert.Equal(0, stopped.Json.GetProperty("exit_code").GetInt32()); // no signal was needed
    }

    [Fact]
    public async Task Node_AsksForMoreThanItMay_GetsWhatItMay()
    {
        AddPlugin("a", new { run = Joining("--stop-when", Gate("never"), "--extend", "40000"), stop = new { timeoutMs = 300, maxExtensionMs = 100 } });
        await UpAsync();
        await WaitForStateAsync("a", "Ready");
        Assert.Equal(0, (await RunAsync("stop", "a")).ExitCode);
        Assert.Empty(AgentProcesses.NodesOf(Pipe));
        Assert.Contains("Stopping", (await RunAsync("why", "a")).Output); // the signal came
    }

    private static TimeSpan TimeLeft(NodeLine line) =>
        line.Json.GetProperty("until") is { ValueKind: JsonValueKind.String } until ? until.GetDateTimeOffset() - DateTimeOffset.UtcNow : TimeSpan.Zero;

    private async Task<bool> IsAskedAsync(string node) => (await CallAsync<JsonElement>("localcast", "logs", node)).GetProperty("lines").EnumerateArray()
        .Any(line => line.GetProperty("text").GetString()!.StartsWith("asked to end", StringComparison.Ordinal));

    private async Task WaitForAskedAsync(string node)
    {
        CommandProcess logs = Start("logs", node, "-f");
        await logs.WaitForOutputAsync("asked to end");
    }
}
