using System.Globalization;
using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Nodes that the first call starts.</summary>
public sealed class OnDemandTests : SupervisorTest
{
    [Fact]
    public async Task Call_OfANodeOnDemand_WaitsForItsChainAndSaysForHowLong()
    {
        AddPlugin("base", new { run = Joining("--join-when", Gate("base")), activation = "onDemand" });
        AddPlugin("a", new { run = Joining(), activation = "onDemand", requires = new[] { "base" } });
        await UpAsync();
        Assert.Equal("Waiting", (await LookAsync("a")).State);
        Assert.Empty(AgentProcesses.NodesOf(Pipe));

        using JsonConnection raw = await JsonConnection.JoinAsync(Pipe, "raw");
        await raw.SendAsync(new { type = "call", id = "1", to = "a", data = new { method = "echo", args = new[] { "x" } }, deadline_ms = 25000 });
        await WaitForAsync("base", line => line.Pid is not null, "a process");
        Assert.Equal("Waiting", (await LookAsync("a")).State);
        Open("base");
        JsonElement result = await raw.ReceiveAsync("result");
        Assert.Equal("1", result.GetProperty("reply_to").GetString());
        Assert.Equal("x", result.GetProperty("data").GetProperty("result").GetString());
        Assert.InRange(int.Parse(result.GetProperty("headers").GetProperty("localcast-boot-ms").GetString()!, CultureInfo.InvariantCulture), 1, 25000);

        await raw.SendAsync(new { type = "call", id = "2", to = "a", data = new { method = "echo", args = new[] { "y" } } });
        JsonElement second = await raw.ReceiveAsync("result");
        Assert.Equal("y", second.GetProperty("data").GetProperty("result").GetString());
        Assert.False(second.TryGetProperty("headers", out JsonElement headers) && headers.TryGetProperty("localcast-boot-ms", out _)); // it did not wait
    }

    [Fact]
    public async Task Call_ByManyAtOnce_IsOneBoot()
    {
        AddPlugin("a", new { run = Joining("--join-when", Gate("a")), activation = "onDemand" });
        await UpAsync();
        await ClientAsync();
        Task<int>[] calls = [.. Enumerable.Range(0, 50).Select(_ => CallAsync<int>("a", "pid"))];
        CommandProcess requiring = Start("require", "a");
        await WaitForStateAsync("a", "Starting");
        Open("a");
        int[] pids = await Task.WhenAll(calls);
        Assert.Single(pids.Distinct());
        Assert.Equal(0, (await requiring.WaitForExitAsync()).ExitCode);
        Assert.Single((await RunAsync("logs", "a")).Output.Split('\n'), line => line.Contains("starts", StringComparison.Ordinal));
        Assert.Equal(0, (await LookAsync("a")).Restarts);
    }

    [Fact]
    public async Task Call_WithLessTimeThanTheBootTakes_FailsWithTheReasonAndTheBootGoesOn()
    {
        AddPlugin("base", new { run = Joining("--join-when", Gate("base")), activation = "onDemand" });
        AddPlugin("a", new { run = Joining(), activation = "onDemand", requires = new[] { "base" } });
        await UpAsync();
        LocalCastException e = await CallFailsAsync("a", "pid", TimeSpan.FromMilliseconds(300));
        Assert.Equal(LocalCastError.Timeout, e.Code);
        Assert.Contains("base is Starting", e.Message, StringComparison.Ordinal);
        Open("base");
        await WaitForStateAsync("a", "Ready");
    }

    [Fact]
    public async Task Call_OfANodeThatCannotStart_FailsAtOnceWithTheReason()
    {
        AddPlugin("a", new { run = Shell("echo no licence >&2; exit 5"), activation = "onDemand", restart = "never" });
        await UpAsync();
        LocalCastException e = await CallFailsAsync("a", "pid");
        Assert.Equal(LocalCastError.NodeNotReady, e.Code);
        Assert.Contains("exit 5", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_NobodyCalls_IsStoppedAndComesAgainWithTheNextCall()
    {
        AddPlugin("a", new { run = Joining(), activation = new { mode = "onDemand", idleMs = 100 } });
        await UpAsync();
        int first = await CallAsync<int>("a", "pid");
        NodeLine idle = await WaitForAsync("a", line => line is { State: "Waiting", Pid: null }, "an end");
        Assert.False(AgentProcesses.IsAlive(first));
        Assert.Equal(0, idle.Restarts);
        Assert.NotEqual(first, await CallAsync<int>("a", "pid"));
    }
}
