using System.Diagnostics;
using System.Text.Json.Nodes;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>An agent that is killed, and the one after it.</summary>
public sealed class SurvivalTests : SupervisorTest
{
    [Fact]
    public async Task Agent_Killed_ItsNodesDieAndTheNextOneEndsWhatIsLeft()
    {
        AddPlugin("a", new { run = Joining() });
        AddPlugin("parent", new { run = Shell("sleep 1000 & echo ready; wait"), readiness = new { kind = "log", pattern = "ready" } });
        await UpAsync();
        int a = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        int parent = (await WaitForStateAsync("parent", "Ready")).Pid!.Value;
        int[] before = [.. AgentProcesses.NodesOf(Pipe)];
        Assert.Equal(3, before.Length); // the third is what the second started
        await Agent.CrashAsync();
        await WaitUntilAsync(() => !AgentProcesses.IsAlive(a) && !AgentProcesses.IsAlive(parent), "nodes outlive their agent");

        await UpAsync();
        Assert.NotEqual(a, (await WaitForStateAsync("a", "Ready")).Pid);
        await WaitForStateAsync("parent", "Ready");
        await WaitUntilAsync(() => !before.Any(AgentProcesses.IsAlive), "the child of a dead node is left");
        Assert.Equal(3, AgentProcesses.NodesOf(Pipe).Count);
    }

    [Fact]
    public async Task Agent_Killed_TakesGrandchildrenAndDaemonsAlong()
    {
        AddFamily();
        await UpAsync();
        await WaitForStateAsync("family", "Ready");
        Assert.Equal(3, AgentProcesses.NodesOf(Pipe).Count);

        await Agent.CrashAsync();

        await WaitUntilAsync(() => AgentProcesses.NodesOf(Pipe).Count == 0, "something outlives its agent");
    }

    [Fact]
    public async Task Agent_KilledAfterItsGuard_LeavesNobodyAllTheSame()
    {
        AddFamily();
        await UpAsync();
        string mark = AgentProcesses.MarkOf((await WaitForStateAsync("family", "Ready")).Pid!.Value);
        int guard = Assert.Single(AgentProcesses.GuardsOf(mark));
        AgentProcesses.SendKill(guard);
        await WaitUntilAsync(() => AgentProcesses.GuardsOf(mark) is [var other] && other != guard, "there is no other guard");
        Assert.Equal(3, AgentProcesses.NodesOf(Pipe).Count);

        await Agent.CrashAsync();

        await WaitUntilAsync(() => AgentProcesses.NodesOf(Pipe).Count == 0, "something outlives its agent");
        await WaitUntilAsync(() => AgentProcesses.GuardsOf(mark).Count == 0, "the guard is left");
    }

    [Fact]
    public async Task Agent_KilledWhileItsGuardStandsStill_TheNextOneEndsWhatIsLeft()
    {
        AddFamily();
        await UpAsync();
        string mark = AgentProcesses.MarkOf((await WaitForStateAsync("family", "Ready")).Pid!.Value);
        int guard = Assert.Single(AgentProcesses.GuardsOf(mark));
        await WaitUntilAsync(() => File.Exists(Path.Combine(Data, "instances.json")), "what runs is not written down");
        AgentProcesses.SendStop(guard);
        await Agent.CrashAsync();
        IReadOnlyList<int> before = AgentProcesses.NodesOf(Pipe);
        Assert.Equal(3, before.Count);

        await UpAsync();
        await WaitForStateAsync("family", "Ready");
        await WaitUntilAsync(() => !before.Any(AgentProcesses.IsAlive), "something of the agent before is left");
        IReadOnlyList<int> now = AgentProcesses.NodesOf(Pipe);
        Assert.Equal(3, now.Count);

        AgentProcesses.SendContinue(guard); // it ends what is not there any more, and nothing else
        await WaitUntilAsync(() => AgentProcesses.GuardsOf(mark).Count == 0, "the guard is left");
        Assert.Equal(now.Order(), AgentProcesses.NodesOf(Pipe).Order());
        await DownAsync();
    }

    [Fact]
    public async Task Agent_Stopped_LeavesNeitherDaemonNorGuard()
    {
        AddFamily();
        await UpAsync();
        string mark = AgentProcesses.MarkOf((await WaitForStateAsync("family", "Ready")).Pid!.Value);
        Assert.Single(AgentProcesses.GuardsOf(mark));

        await DownAsync();

        await WaitUntilAsync(() => AgentProcesses.GuardsOf(mark).Count == 0, "the guard is left");
    }

    [Fact]
    public async Task Agent_Killed_SurvivorIsAdoptedByTheNextOne()
    {
        AddPlugin("a", new { run = Joining(), survive = true });
        await UpAsync();
        int pid = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        await CallAsync<bool>("a", "say", "before");

        // What a killed agent had read and not written yet is lost with it, and said to be.
        string log = Path.Combine(Data, "logs");
        await WaitUntilAsync(() => Directory.EnumerateFiles(log, "*", SearchOption.AllDirectories).Any(file => ReadShared(file).Contains("before", StringComparison.Ordinal)), "what it said is in no log");
        await Agent.CrashAsync();
        Assert.True(AgentProcesses.IsAlive(pid));

        await UpAsync();
        NodeLine adopted = await WaitForStateAsync("a", "Ready");
        Assert.Equal(pid, adopted.Pid);
        Assert.Equal(0, adopted.Restarts);
        Assert.Equal(pid, await CallAsync<int>("a", "pid"));
        await CallAsync<bool>("a", "say", "after");
        CommandProcess logs = Start("logs", "a", "-f");
        await logs.WaitForOutputAsync("after");
        Assert.Contains("before", logs.Output);
        Assert.Equal([pid], AgentProcesses.NodesOf(Pipe));

        AgentProcesses.SendKill(pid); // it is looked after as any other
        NodeLine again = await WaitForAsync("a", line => line.State == "Ready" && line.Pid != pid, "another process");
        Assert.Equal(1, again.Restarts);
        await DownAsync();
    }

    [Fact]
    public async Task Agent_Killed_WhatAnOperatorStoppedStaysStopped()
    {
        AddPlugin("a", new { run = Joining() });
        AddPlugin("b", new { run = Joining() });
        await UpAsync();
        await WaitForStateAsync("a", "Ready");
        Assert.Equal(0, (await RunAsync("stop", "a")).ExitCode);
        await Agent.CrashAsync();

        await UpAsync();
        await WaitForStateAsync("b", "Ready");
        Assert.Contains("earlier, and not started since", (await WaitForStateAsync("a", "Disabled")).Reason);
        await Agent.WaitForOutputAsync(Line("a", "Disabled"));
        Assert.Equal(0, (await RunAsync("start", "a")).ExitCode);
        await Agent.CrashAsync();

        await UpAsync();
        await WaitForStateAsync("a", "Ready");
        await DownAsync();
    }

    [Fact]
    public async Task Up_WithSomebodyElsesDataFolder_IsRefused()
    {
        string folder = "/usr";
        if (Environment.IsPrivilegedProcess)
        {
            folder = Path.Combine(Folder, "others");
            Directory.CreateDirectory(folder);
            using Process chown = Process.Start("chown", ["54321", folder]);
            await chown.WaitForExitAsync().DefaultTimeout();
        }

        CommandResult result = await RunAsync("up", "--data", folder);

        result.AssertFailed(13, "Forbidden", folder, "another user");
        Assert.False(Directory.Exists(Path.Combine(folder, "logs")));
    }

    [Fact]
    public async Task Agent_Killed_WhoHadJoinedByItselfComesBackToItsName()
    {
        AddPlugin("a", new { run = Joining(), activation = "manual" });
        await UpAsync();
        await using LocalNode guest = await LocalNode.JoinAsync("a", options =>
        {
            options.Pipe = Pipe;
            options.Handle("who", () => "the guest");
        }).DefaultTimeout();
        AddPlugin("a", new { run = Joining() });
        await CallAsync<object>("localcast", "reload");
        await WaitForAsync("a", line => line is { State: "Ready", Reason: "it joined by itself" }, "being the guest");
        await Agent.CrashAsync();

        await UpAsync();
        await WaitForStateAsync("a", "Ready");
        Assert.Equal("the guest", await CallAsync<string>("a", "who"));
        await guest.DisposeAsync();
        await WaitForAsync("a", line => line is { State: "Ready", Reason: null }, "being started");
        await DownAsync();
    }

    [Fact]
    public async Task Agent_FindsItsNodesNumberInUseByAnother_NeitherAdoptsNorKillsThatOne()
    {
        AddPlugin("a", new { run = Shell("echo ready; exec sleep 1000"), survive = true, readiness = new { kind = "log", pattern = "ready" } });
        await UpAsync();
        int pid = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        await Agent.CrashAsync();
        AgentProcesses.SendKill(pid);
        using Process stranger = Process.Start(new ProcessStartInfo("sleep", ["1000"]))!;
        try
        {
            string file = Path.Combine(Data, "instances.json");
            JsonNode remembered = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
            JsonObject identity = remembered[0]!["identity"]!.AsObject();
            Assert.Equal(pid, identity["pid"]!.GetValue<int>());
            identity["pid"] = stranger.Id; // as if the system had given the number away again
            await File.WriteAllTextAsync(file, remembered.ToJsonString());

            await UpAsync();
            NodeLine fresh = await WaitForStateAsync("a", "Ready");
            Assert.NotEqual(stranger.Id, fresh.Pid);
            Assert.False(stranger.HasExited);
            await DownAsync();
            Assert.False(stranger.HasExited);
        }
        finally
        {
            stranger.Kill();
        }
    }

    /// <summary>A node with a child, and with a daemon: in a session of its own, its parent gone.</summary>
    private void AddFamily() =>
        AddPlugin("family", new { run = Shell("sleep 1000 & (setsid sleep 1000 &); echo ready; wait"), readiness = new { kind = "log", pattern = "ready" } });

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}
