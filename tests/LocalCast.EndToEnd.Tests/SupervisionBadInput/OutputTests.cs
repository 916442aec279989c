using LocalCast.Agent.Nodes;

namespace LocalCast.EndToEnd.Tests.SupervisionBadInput;

/// <summary>What nodes print: too much, without end, and what is no text.</summary>
public sealed class OutputTests : BadInputTest
{
    private const long Megabyte = 1024 * 1024;

    [Fact]
    public async Task Node_PrintsGigabyte_AgentStaysSmallAndAnswersAndTheEndArrives()
    {
        AddScript("flood", "echo up; sleep 0.2; yes \"$(printf %01000d 7)\" | head -c 1G; echo the last line; exec sleep 100");
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        long most = 0;
        int answers = 0;
        Task last = nodes.UntilLogAsync("flood", "the last line");
        while (!last.IsCompleted)
        {
            most = Math.Max(most, ResidentBytes(agent.Pid));
            Assert.Equal("FINE", await nodes.CallAsync<string>("healthy", "upper", "fine"));
            answers++;
        }

        await last;
        Assert.True(answers > 10, $"only {answers} calls were answered meanwhile");
        Assert.True(most < 400 * Megabyte, $"the agent grew to {most / Megabyte} MiB");
        long onDisk = Directory.EnumerateFiles(Path.Combine(Data, "logs"), "flood*").Sum(file => new FileInfo(file).Length);
        Assert.InRange(onDisk, 1, 21 * Megabyte); // four files of 5 MiB
        Assert.Equal("Ready", (await nodes.UntilAsync("flood", "Ready")).State);
        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Node_PrintsWithoutLineEndAndBinary_ArrivesInPieces()
    {
        AddScript("long-line", "echo up; head -c 10000000 /dev/zero | tr '\\0' x; echo; echo the line after; exec sleep 100");
        AddScript("binary", "echo up; head -c 100000 /dev/urandom; echo; echo the line after; exec sleep 100");
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        await nodes.UntilLogAsync("long-line", "the line after");
        await nodes.UntilLogAsync("binary", "the line after");
        Assert.All(await nodes.LogAsync("long-line"), line => Assert.InRange(line.Text.Length, 0, 16 * 1024));
        CommandResult printed = await RunAsync("logs", "binary");
        Assert.Equal(0, printed.ExitCode);
        Assert.DoesNotContain(printed.Output, c => char.IsControl(c) && c != '\n');
        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Pattern_BacktracksForEver_OthersAreServedAndReasonIsGiven()
    {
        // The look-ahead keeps the pattern from the engine that cannot backtrack.
        AddNode(
            "pattern",
            new { exec = "sh", args = new[] { "-c", "while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; sleep 0.01; done" } },
            new { kind = "log", pattern = "^(?=a)(a+)+$(?<!a)", timeoutMs = 4000 },
            restart: "never");
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        await AssertIsAsync(nodes, "pattern", "Failed", "not ready after 4 s");
        Assert.Contains("readiness.pattern takes too long to match", await nodes.WhyAsync("pattern"));
        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Texts_WithControlCharacters_NeverReachTheTerminal()
    {
        const string Red = "\e[31m";
        AddNode("escapes", new { exec = "sh", args = new[] { "-c", "printf 'up\\n\\033[2J\\033]0;title\\007 and \\302\\2331m\\n' >&2; exit 3" }, cwd = "." }, "notify", restart: "never");
        AddNode("folder", new { exec = "true", cwd = $"no{Red}where" });
        AddManifest($"called{Red}", """{"name":5}""");
        AddManifest("unknown", """{"name":"unknown","run":{"exec":"true"},"\u001b[31m":1}""");
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        await nodes.UntilAsync("escapes", "Failed");
        await nodes.UntilAsync("folder", "Failed");
        foreach (string[] command in new string[][] { ["ps"], ["why", "escapes"], ["why", "folder"], ["why", "unknown"], ["logs", "escapes"], ["graph"], ["boot"], ["start", "folder"], ["call", "folder", "x"] })
        {
            CommandResult result = await RunAsync(command);
            Assert.DoesNotContain(result.Output + result.Errors, c => char.IsControl(c) && c != '\n');
        }

        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
        Assert.DoesNotContain(agent.Output + agent.Errors, c => char.IsControl(c) && c != '\n');
    }

    [Fact]
    public async Task Names_OfAnyScript_MakeFoldersAndLogsInsideData()
    {
        string longest = new('節', 66); // 198 bytes of at most 200
        string[] names = ["ünïcødé-節点-🎉", longest, longest[..65] + "点", "a%2Fb", "con.log"];
        foreach (string name in names)
        {
            AddScript(name, "echo up; pwd > \"$LOCALCAST_DATA/here\"; exec sleep 100");
        }

        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        foreach (string name in names)
        {
            await nodes.UntilAsync(name, "Ready");
            IReadOnlyList<LogRow> log = await nodes.LogAsync(name);
            Assert.Equal("up", Assert.Single(log).Text);
        }

        await AssertStopsAsync(agent);
        Assert.Equal(names.Length, Directory.EnumerateFiles(Path.Combine(Data, "nodes"), "here", SearchOption.AllDirectories).Count());
        Assert.Equal(names.Length + 1, Directory.EnumerateFiles(Path.Combine(Data, "history")).Count());
        Assert.Equal(names.Length, Directory.EnumerateFiles(Path.Combine(Data, "logs")).Count(file => !file.EndsWith("healthy.log", StringComparison.Ordinal)));
    }
}
