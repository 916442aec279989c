namespace LocalCast.EndToEnd.Tests;

/// <summary>Nodes that are not what somebody takes them for: each command says so in words, with what to do.</summary>
public sealed class NewcomerNodesTests : SupervisorTest
{
    [Fact]
    public async Task Commands_NameWithASlipInIt_AskWhetherTheOtherWasMeant()
    {
        AddPlugin("greeter", new { run = Joining() });
        await UpAsync();
        await WaitForStateAsync("greeter", "Ready");

        foreach (string command in (string[])["start", "stop", "restart", "upgrade", "why", "logs"])
        {
            (await RunAsync(command, "greter")).AssertFailed(14, "NodeNotFound", "'greter'", "did you mean 'greeter'?");
        }

        (await RunAsync("call", "greter", "pid")).AssertFailed(14, "no node is named 'greter'", "did you mean 'greeter'?");
        CommandResult far = await RunAsync("call", "printer", "pid");
        far.AssertFailed(14, "no node is named 'printer'", "who is there: localcast ps");
        Assert.DoesNotContain("did you mean", far.Errors);
    }

    [Fact]
    public async Task Orders_NodeThatJoinedByItself_SayThatItIsThatNodesOwnBusiness()
    {
        await UpAsync();
        await using LocalNode greeter = await LocalNode.JoinAsync("greeter", options => options.Pipe = Pipe);

        foreach (string command in (string[])["stop", "restart", "upgrade"])
        {
            CommandResult refused = await RunAsync(command, "greeter");
            refused.AssertFailed(14, "NodeNotFound: 'greeter' joined by itself");
            Assert.DoesNotContain("who is there", refused.Errors); // ps lists it
        }
    }

    [Fact]
    public async Task Call_NodeThatRunsAndNeverJoins_SaysThatItCannotBeCalled()
    {
        AddPlugin("sec", new { run = Shell("echo up; exec sleep 1000"), readiness = new { kind = "log", pattern = "up" } });
        await UpAsync();
        await WaitForStateAsync("sec", "Ready");

        (await RunAsync("call", "sec", "x")).AssertFailed(15, "NodeNotReady: 'sec' has not joined: sec is Ready", "and cannot be called before it joins");
    }

    [Fact]
    public async Task Start_NodeThatDoesNotComeInTime_SaysWhereItStandsAndWhatToAsk()
    {
        AddPlugin("man", new { run = Shell("exec sleep 1000"), activation = "manual" });
        await UpAsync();

        (await RunAsync("start", "man", "--timeout", "2")).AssertFailed(18, "Timeout: man is Starting", "what was begun goes on", "localcast why man");
        Assert.Equal("Starting", (await LookAsync("man")).State);
    }

    [Fact]
    public async Task Ps_LongReasonAndNoTerminal_IsALineForEachNode()
    {
        AddPlugin("a", new Dictionary<string, object> { ["run"] = Shell("true"), [new string('x', 600)] = 1 });
        await UpAsync();
        await WaitForStateAsync("a", "Failed");

        string[] lines = (await RunAsync("ps")).Output.TrimEnd('\n').Split('\n');

        Assert.Single(lines, line => line.StartsWith("a ", StringComparison.Ordinal) && line.Contains(new string('x', 600), StringComparison.Ordinal));
        Assert.All(lines.Skip(1), line => Assert.NotEqual(' ', line[0]));
    }

    [Fact]
    public async Task Up_PluginsAndNone_IsAnError() =>
        (await RunAsync("up", "--no-plugins", "--plugins", Folder)).AssertFailed(2, "--no-plugins and --plugins exclude each other");

    [Fact]
    public async Task Ps_NoAgentAtThePipeThatWasGiven_SaysHowToStartOneThere()
    {
        string pipe = Path.Combine(Folder, "it's not there");

        string quoted = OperatingSystem.IsWindows() ? $"\"{pipe}\"" : $"'{Folder}/it'\\''s not there'";
        (await RunAsync("ps", "--pipe", pipe)).AssertFailed(25, "Disconnected", $"localcast up --pipe {quoted}");
    }

    [Fact]
    public async Task PluginHost_AskedForHelpOrRunByHand_SaysWhatItTakesAndLeavesNothing()
    {
        CommandResult help = await RunAsync("plugin-host", "--help");
        Assert.Equal(0, help.ExitCode);
        Assert.Contains("ASSEMBLY", help.Output);
        Assert.Contains("LOCALCAST_NODE", help.Output);
        Assert.Contains("plugin-host", (await RunAsync("--help")).Output);
        (await RunAsync("plugin-host")).AssertFailed(2, "plugin-host --help");

        CommandResult nameless = await RunAsync("plugin-host", Path.Combine(Folder, "none.dll"));

        nameless.AssertFailed(1, "LOCALCAST_NODE is not set");
        Assert.False(Directory.Exists(Path.Combine(Folder, "data")));
    }
}
