using System.Globalization;
using LocalCast.Agent.Nodes;

namespace LocalCast.EndToEnd.Tests.SupervisionBadInput;

/// <summary>Processes that leave others behind, do not end, or pretend to be somebody else.</summary>
public sealed class StubbornProcessTests : BadInputTest
{
    private static readonly object _quickStop = new { timeoutMs = 200, terminateMs = 200, killMs = 5000 };

    [Fact]
    public async Task Process_LeavesChildrenThatHoldItsPipes_EndIsSeenAndTheyAreGone()
    {
        AddScript("leaves", $"sleep 1000 & echo $! > {Folder}/child; echo up; exit 3", restart: "never");
        AddScript("daemon", $"(sh -c 'echo $$ > {Folder}/orphan; exec sleep 1000' &); while ! [ -s {Folder}/orphan ]; do sleep 0.01; done; echo up; sleep 1000", stop: _quickStop);
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        await AssertIsAsync(nodes, "leaves", "Failed", "exit 3");
        AssertGone("child");
        await nodes.UntilAsync("daemon", "Ready");
        Assert.Equal(0, (await RunAsync("stop", "daemon")).ExitCode);
        await nodes.UntilAsync("daemon", "Disabled");
        AssertGone("orphan");
        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Process_IgnoresEverySignal_IsKilledWithItsTreeInItsOwnTimes()
    {
        AddScript("deaf", $"trap '' TERM INT HUP; sleep 1000 & echo $! > {Folder}/child; echo $$ > {Folder}/self; echo up; while :; do sleep 1000; done", stop: _quickStop);
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        await nodes.UntilAsync("deaf", "Ready");
        CommandResult stop = await RunAsync("stop", "deaf");
        Assert.True(stop.ExitCode == 0, stop.Errors);
        NodeRow row = await nodes.UntilAsync("deaf", "Disabled");
        Assert.Contains("9", row.LastExit); // SIGKILL
        AssertGone("child");
        AssertGone("self");
        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Process_NeverReadsWhatItIsSent_IsReadyAndHarmsNobody()
    {
        AddScript("blind", "read line; echo \"read: $line.\"; echo up; exec sleep 1000"); // its stdin is empty, so this comes back at once
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        await nodes.UntilAsync("blind", "Ready");
        Assert.Contains(await nodes.LogAsync("blind"), line => line.Text == "read: .");
        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Process_JoinsUnderAnothersName_IsRefusedAndNamed()
    {
        AddNode("thief", new { exec = Program, args = new[] { "serve-echo", "--name", "healthy" } }, new { kind = "pong", timeoutMs = 15_000 }, restart: "never");
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        await AssertIsAsync(nodes, "thief", "Failed", "it tried to join as 'healthy'");
        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Stranger_ClaimsNameOfNodeThatRuns_IsRefused()
    {
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        CommandResult stranger = await RunAsync("serve-echo", "--name", "healthy");
        Assert.NotEqual(0, stranger.ExitCode);
        Assert.Contains("'healthy' is a node that the agent runs itself", stranger.Errors);
        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Process_JoinsTwice_OneServesAndTheOtherIsRefused()
    {
        // The shell and both of its children are one instance: both children claim its name.
        AddNode("twice", new { exec = "sh", args = new[] { "-c", $"{Program} serve-echo --name twice & {Program} serve-echo --name twice & wait" } });
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        await nodes.UntilAsync("twice", "Ready");
        await nodes.UntilLogAsync("twice", "DuplicateName");
        Assert.Equal("ONE", await nodes.CallAsync<string>("twice", "upper", "one"));
        Assert.Equal("Ready", (await nodes.UntilAsync("twice", "Ready")).State);
        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    // It may be there as a zombie for a moment: its parent died before it, and somebody else has to collect it.
    private void AssertGone(string file)
    {
        string stat = $"/proc/{int.Parse(File.ReadAllText(Path.Combine(Folder, file)), CultureInfo.InvariantCulture)}/stat";
        string state = "gone";
        try
        {
            state = File.ReadAllText(stat).Split(' ')[2];
        }
        catch (IOException)
        {
            // As it should be.
        }

        Assert.True(state is "gone" or "Z" or "X", $"{file} is still there in state {state}");
    }
}
