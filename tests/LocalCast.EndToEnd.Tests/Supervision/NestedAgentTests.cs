namespace LocalCast.EndToEnd.Tests;

/// <summary>A node that is itself an agent with nodes.</summary>
public sealed class NestedAgentTests : SupervisorTest
{
    private string InnerPipe => Path.Combine(Folder, "inner-pipe");

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (int pid in AgentProcesses.NodesOf(InnerPipe))
        {
            AgentProcesses.SendKill(pid);
        }
    }

    [Fact]
    public async Task OuterAgent_Killed_EndsTheInnerOneWithItsNodes()
    {
        (int inner, _) = await UpBothAsync();
        string outerMark = AgentProcesses.MarkOf(inner);
        string innerMark = AgentProcesses.MarkOf(AgentProcesses.NodesOf(InnerPipe)[0]);
        Assert.NotEqual(outerMark, innerMark);

        await Agent.CrashAsync();

        await WaitUntilAsync(() => AgentProcesses.NodesOf(Pipe).Count == 0, "a node outlives the outer agent");
        await WaitUntilAsync(() => AgentProcesses.NodesOf(InnerPipe).Count == 0, "a node outlives the inner agent");
        Assert.False(AgentProcesses.IsAlive(inner));
        await WaitUntilAsync(() => AgentProcesses.GuardsOf(outerMark).Count + AgentProcesses.GuardsOf(innerMark).Count == 0, "a guard is left");
    }

    [Fact]
    public async Task OuterAgent_Stopped_StopsTheInnerOneInOrder()
    {
        (int inner, _) = await UpBothAsync();
        string innerMark = AgentProcesses.MarkOf(AgentProcesses.NodesOf(InnerPipe)[0]);

        await DownAsync();

        Assert.False(AgentProcesses.IsAlive(inner));
        Assert.Empty(AgentProcesses.NodesOf(InnerPipe));
        await WaitUntilAsync(() => AgentProcesses.GuardsOf(innerMark).Count == 0, "a guard is left");
    }

    [Fact]
    public async Task InnerAgent_Stopped_EndsInOrderAndHarmsNoneOfTheOuters()
    {
        (_, int other) = await UpBothAsync();

        Assert.Equal(0, (await RunAsync("stop", "inner")).ExitCode);

        Assert.Empty(AgentProcesses.NodesOf(InnerPipe));
        Assert.Equal(0, (await WaitForStateAsync("inner", "Disabled")).Json.GetProperty("exit_code").GetInt32());
        Assert.Equal((other, 0), await StillAsync("other"));
        await DownAsync();
    }

    [Fact]
    public async Task InnerAgent_Killed_ItsNodesEndAndItIsStartedAgain()
    {
        (int inner, int other) = await UpBothAsync();
        IReadOnlyList<int> before = AgentProcesses.NodesOf(InnerPipe);

        AgentProcesses.SendKill(inner);

        await WaitForAsync("inner", line => line.State == "Ready" && line.Pid != inner, "another process");
        await WaitUntilAsync(() => !before.Any(AgentProcesses.IsAlive), "a node outlives the inner agent");
        await WaitUntilAsync(() => AgentProcesses.NodesOf(InnerPipe).Count == 3, "the next inner agent does not start its nodes");
        Assert.Equal((other, 0), await StillAsync("other"));
        await DownAsync();
        Assert.Empty(AgentProcesses.NodesOf(InnerPipe));
    }

    /// <summary>An outer agent with two nodes, one of which is an agent with a node that has a child and a daemon.</summary>
    private async Task<(int Inner, int Other)> UpBothAsync()
    {
        string plugins = Path.Combine(Folder, "inner-plugins");
        Directory.CreateDirectory(Path.Combine(plugins, "family"));
        File.WriteAllText(
            Path.Combine(plugins, "family", "node.json"),
            """{"name":"family","run":{"exec":"/bin/sh","args":["-c","sleep 1000 & (setsid sleep 1000 &); echo ready; wait"]},"readiness":{"kind":"log","pattern":"ready"}}""");
        string[] up = ["up", "--pipe", InnerPipe, "--plugins", plugins, "--data", Path.Combine(Folder, "inner-data")];
        AddPlugin("inner", new { run = new { exec = CommandProcess.Program, args = up }, readiness = new { kind = "log", pattern = "^  stop   " }, restart = new { backoffMs = 10 } });
        AddPlugin("other", new { run = Joining() });
        await UpAsync();
        int inner = (await WaitForStateAsync("inner", "Ready")).Pid!.Value;
        int other = (await WaitForStateAsync("other", "Ready")).Pid!.Value;
        await WaitUntilAsync(() => AgentProcesses.NodesOf(InnerPipe).Count == 3, "the inner agent does not start its nodes");
        return (inner, other);
    }

    private async Task<(int Pid, int Restarts)> StillAsync(string node)
    {
        NodeLine line = await WaitForStateAsync(node, "Ready");
        return (await CallAsync<int>(node, "pid"), line.Restarts);
    }
}
