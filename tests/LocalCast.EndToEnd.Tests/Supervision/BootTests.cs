using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

public sealed class BootTests : SupervisorTest
{
    private static readonly string[] _both = ["b", "c"];
    private static readonly string[] _a = ["a"];

    [Fact]
    public async Task Up_RehearsalOfAKilledAgentWasLeft_NothingOfItRemains()
    {
        AddPlugin("a", new { run = Joining() });
        Directory.CreateDirectory(Path.Combine(Data, "rehearsal", "logs"));
        File.WriteAllText(Path.Combine(Data, "rehearsal", "instances.json"), "[]");

        await UpAsync();

        await WaitForStateAsync("a", "Ready");
        await WaitUntilAsync(() => !Directory.Exists(Path.Combine(Data, "rehearsal")), "the rehearsal is left");
        Assert.Equal(["a"], (await ListAsync()).Where(line => line.Pid is not null).Select(line => line.Name).Where(name => name is "a" or "rehearsal-first" or "rehearsal-second"));
        await DownAsync();
    }

    [Fact]
    public async Task Up_Diamond_EachNodeStartsWhenItsOwnAreReadyAndBothSidesAtOnce()
    {
        AddPlugin("a", new { run = Joining("--join-when", Gate("a")) });
        AddPlugin("b", new { run = Shell("echo begins > began; while [ ! -e ../../b ]; do sleep 0.02; done; echo now listening; exec sleep 1000"), requires = _a, readiness = new { kind = "log", pattern = "listen" } });
        AddPlugin("c", new { run = Joining("--ready-when", Gate("c")), requires = _a, readiness = "notify" });
        AddPlugin("d", new { run = Joining(), requires = _both });
        await UpAsync();
        Assert.Equal("Starting", (await WaitForAsync("a", line => line.Pid is not null, "a process")).State);
        NodeLine waiting = await LookAsync("b");
        Assert.Equal("Waiting", waiting.State);
        Assert.Null(waiting.Pid);
        Assert.Equal("a", Assert.Single(waiting.Json.GetProperty("waiting_on").EnumerateArray()).GetString());

        Open("a");
        await WaitForAsync("b", line => line.State == "Starting" && line.Pid is not null, "a process");
        await WaitForAsync("c", line => line.State == "Starting" && line.Pid is not null, "a process"); // neither is ready: they start side by side
        Open("b");
        await WaitForStateAsync("b", "Ready");
        Assert.Equal("Waiting", (await LookAsync("d")).State);
        Open("c");
        await WaitForStateAsync("d", "Ready");

        JsonElement boot = (await RunAsync("boot", "--json")).Json();
        Assert.Equal(["a", "c", "d"], boot.GetProperty("critical_path").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["a", "b", "c", "d"], boot.GetProperty("nodes").EnumerateArray().Select(row => row.GetProperty("name").GetString()));
        Assert.Contains("a → c → d", (await RunAsync("boot")).Output);
    }

    [Fact]
    public async Task Up_ReadinessByHttp_HoldsBackWhatRequiresIt()
    {
        using var site = new Site();
        AddPlugin("site", new { run = Shell("exec sleep 1000"), readiness = new { kind = "http", url = site.Url, intervalMs = 20 } });
        AddPlugin("last", new { run = Joining(), requires = new[] { "site" } });
        await UpAsync();
        await site.WhenAskedAsync();
        await WaitForStateAsync("site", "Starting");
        Assert.Contains("503", (await RunAsync("why", "last")).Output); // the last probe, of the one that it waits for
        site.IsWell = true;
        await WaitForStateAsync("last", "Ready");
    }

    [Fact]
    public async Task Up_ReadinessByJobAndExec_HoldsBackWhatRequiresThem()
    {
        AddPlugin("job", new { run = Shell("while [ ! -e ../../job ]; do sleep 0.02; done; exit 7"), readiness = new { kind = "exit", codes = new[] { 7 } } });
        AddPlugin("exec", new { run = Shell("exec sleep 1000"), requires = new[] { "job" }, readiness = new { kind = "exec", command = new[] { "/bin/sh", "-c", "echo looked; test -e ../../exec" } } });
        AddPlugin("last", new { run = Joining(), requires = new[] { "exec" } });
        await UpAsync();
        await WaitForAsync("job", line => line.Pid is not null, "a process");
        Assert.Equal("Waiting", (await LookAsync("exec")).State);
        Open("job");
        NodeLine job = await WaitForStateAsync("job", "Completed");
        Assert.Equal(7, job.Json.GetProperty("exit_code").GetInt32());
        Assert.Null(job.Pid);
        await WaitForAsync("exec", line => line.State == "Starting" && line.Pid is not null, "a process");
        await Agent.WaitForOutputAsync(Line("exec", "Starting"));
        Assert.Equal("Waiting", (await LookAsync("last")).State);
        Open("exec");
        await WaitForStateAsync("last", "Ready");
    }

    [Fact]
    public async Task Ps_NodesThatRunAndDoNot_AllHaveTheKeys()
    {
        AddPlugin("off", new { run = Joining(), enabled = false });
        AddPlugin("up", new { run = Joining("--version", "1.2.3"), requires = new object[] { new { node = "off", mode = "soft" } } });
        AddPlugin("lazy", new { run = Joining(), activation = "onDemand" });
        AddPlugin("absent", new { run = new { exec = "no-such-program-anywhere" } });
        AddPlugin("broken", new { run = new { exec = "/bin/sh", arg = "x" }, readiness = new { timeoutMs = "30s" } });
        AddPlugin("round", new { run = Joining(), requires = new[] { "trip" } });
        AddPlugin("trip", new { run = Joining(), requires = new[] { "round" } });
        AddPlugin("lonely", new { run = Joining(), requires = new[] { "nobody" } });
        await UpAsync();
        await WaitForStateAsync("up", "Ready");
        JsonElement[] rows = [.. (await RunAsync("ps", "--json")).Json().EnumerateArray().Where(row => row.GetProperty("supervised").GetBoolean())];
        Assert.Equal(["absent", "broken", "lazy", "lonely", "off", "round", "trip", "up"], rows.Select(row => row.GetProperty("name").GetString()!));
        foreach (JsonElement row in rows)
        {
            bool runs = row.GetProperty("name").GetString() == "up";
            Assert.Equal(runs ? JsonValueKind.Number : JsonValueKind.Null, row.GetProperty("pid").ValueKind);
            Assert.Equal(0, row.GetProperty("restarts").GetInt32());
            Assert.Equal(JsonValueKind.Array, row.GetProperty("requires").ValueKind);
            Assert.True(row.GetProperty("since").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        }

        Dictionary<string, NodeLine> lines = rows.Select(row => new NodeLine(row)).ToDictionary(line => line.Name);
        Assert.Equal("Disabled", lines["off"].State);
        Assert.Equal("Disabled", lines["absent"].State);
        Assert.Contains("no-such-program-anywhere", lines["absent"].Reason);
        Assert.Equal("Waiting", lines["lazy"].State);
        Assert.Equal("Failed", lines["broken"].State);
        Assert.Contains("did you mean \"args\"", lines["broken"].Reason);
        Assert.Contains("readiness.timeoutMs", lines["broken"].Reason); // all of it at once
        Assert.Contains("round → trip → round", lines["round"].Reason);
        Assert.Equal("Failed", lines["trip"].State);
        Assert.Contains("nobody", lines["lonely"].Reason);
        Assert.Equal(lines["up"].Pid, await CallAsync<int>("up", "pid"));
    }

    [Fact]
    public async Task Graph_TextDotAndJson_ShowWhoNeedsWhom()
    {
        AddPlugin("a", new { run = Joining() });
        AddPlugin("b", new { run = Joining(), requires = new object[] { new { node = "a", mode = "bind" } } });
        await UpAsync();
        await WaitForStateAsync("b", "Ready");
        Assert.Equal("b  Ready\n└─ a (bind)  Ready\n", (await RunAsync("graph")).Output);
        string dot = (await RunAsync("graph", "--dot")).Output;
        Assert.StartsWith("digraph localcast {", dot, StringComparison.Ordinal);
        Assert.Contains("\"b\" -> \"a\" [label=\"bind\"", dot);
        JsonElement b = (await RunAsync("graph", "--json")).Json().EnumerateArray().Single(node => node.GetProperty("name").GetString() == "b");
        Assert.Equal("bind", b.GetProperty("requires")[0].GetProperty("mode").GetString());
    }
}
