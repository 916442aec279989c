using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

/// <summary>What somebody meets who does not know LocalCast yet, and gets wrong: each is said in words, with what to do.</summary>
public sealed class NewcomerWordsTests : SupervisorTest
{
    [Fact]
    public async Task Up_PluginFolderThatIsNotThere_IsAnError()
    {
        string none = Path.Combine(Folder, "none");

        (await RunAsync("up", "--plugins", none, "--data", Data)).AssertFailed(11, "BadRequest", $"--plugins: there is no folder {none}");
    }

    [Fact]
    public async Task Up_MeshSettingsWithoutAMesh_SaysThatTheyDoNothing()
    {
        string config = Path.Combine(Folder, "agent.json");
        await File.WriteAllTextAsync(config, """{ "mesh": { "leaf": true } }""");
        await UpAsync("--config", config, "--host", "0.0.0.0");

        await Agent.WaitForErrorAsync("--host, mesh.leaf are set and without effect: this agent takes no part in a mesh");
    }

    [Fact]
    public async Task Call_ArgumentThatDoesNotFit_IsSaidInPlainWords()
    {
        await UpAsync("--no-plugins");
        await using LocalNode node = await LocalNode.JoinAsync("calc", options =>
        {
            options.Pipe = Pipe;
            options.Handle("add", (int a, int b) => a + b);
            options.Handle("sum", (int[] all) => all.Sum());
        });

        (await RunAsync("call", "calc", "add", "1", "x")).AssertFailed(11, "argument 2 of 'add' must be a whole number from -2147483648 to 2147483647, and does not fit: got \"x\"");
        (await RunAsync("call", "calc", "sum", "[1,\"x\"]")).AssertFailed(11, "argument 1 of 'sum' must be a list, and does not fit at [1]: got [1,\"x\"]");
        (await RunAsync("call", "calc", "sum", "[1,2")).AssertFailed(11, "must be a list", "argument 1 was sent as a text, since it is not JSON: line 1, column 5: it ends too early");
        Assert.Equal("3\n", (await RunAsync("call", "calc", "sum", "[1,2]")).Output);
    }

    [Fact]
    public async Task Call_ArgumentThatBeginsLikeJson_IsSentAsTextWithAWord()
    {
        await UpAsync("--no-plugins");
        await using LocalNode node = await LocalNode.JoinAsync("echo", options =>
        {
            options.Pipe = Pipe;
            options.Handle("echo", (string text) => text);
            options.Handle("upper", (string text) => text.ToUpperInvariant());
        });

        CommandResult half = await RunAsync("call", "echo", "echo", "{\"a\":1");
        Assert.Equal((0, "\"{\\\"a\\\":1\"\n"), (half.ExitCode, half.Output.Replace("\\u0022", "\\\"", StringComparison.Ordinal)));
        Assert.Contains("argument 1 was sent as a text, since it is not JSON: line 1, column 7", half.Errors);
        Assert.Equal("", (await RunAsync("call", "echo", "echo", "hello")).Errors);
        (await RunAsync("call", "echo", "uper", "x")).AssertFailed(16, "'echo' has no method 'uper'; it has echo, upper");
    }

    [Fact]
    public async Task Agent_InNoMesh_SaysSoForWhatIsInOne()
    {
        await UpAsync("--no-plugins");

        foreach (string[] command in (string[][])[["call", "dns@kitchen", "resolve", "x"], ["ping", "dns@kitchen"]])
        {
            CommandResult failed = await RunAsync(command);
            Assert.Contains("'dns@kitchen' is the node of an agent in a mesh, and this agent is in none\n  to be in one it takes --port, or --add-peer: localcast up --help", failed.Errors);
        }

        CommandResult ping = await RunAsync("ping", "--mesh");
        Assert.Equal((0, "nobody answered\n"), (ping.ExitCode, ping.Output));
        Assert.Contains("only this machine was asked: this agent takes no part in a mesh", ping.Errors);
    }

    [Fact]
    public async Task Manifest_EditedFromOneErrorIntoAnother_TellsTheNewOneWithItsTime()
    {
        AddPlugin("a", new { run = Shell("true"), colour = "red" });
        await UpAsync();
        await WaitForStateAsync("a", "Failed");
        DateTimeOffset first = await SinceAsync();
        AddPlugin("a", new { run = Shell("true"), shape = "round" });

        await WaitForAsync("a", line => line.Reason?.Contains("shape", StringComparison.Ordinal) == true, "the new error");
        Assert.True(await SinceAsync() > first);
        string why = (await RunAsync("why", "a")).Output;
        Assert.Contains("shape", why);
        Assert.Equal(2, why.Split('\n').Count(line => line.Contains("Failed", StringComparison.Ordinal) && !line.StartsWith("a ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Upgrade_NodeThatDoesNotJoin_SaysThatItWasRestarted()
    {
        AddPlugin("a", new { run = Shell("echo up; exec sleep 600"), readiness = new { kind = "log", pattern = "up" } });
        await UpAsync();
        await WaitForStateAsync("a", "Ready");

        CommandResult upgraded = await RunAsync("upgrade", "a");
        Assert.Equal(0, upgraded.ExitCode);
        Assert.Contains("localcast: a was restarted, not replaced, so calls may have failed meanwhile: its readiness does not come from the node itself", upgraded.Errors);
        JsonElement row = JsonDocument.Parse((await RunAsync("upgrade", "a", "--json")).Output).RootElement[0];
        Assert.Contains("readiness", row.GetProperty("restarted_because").GetString());
    }

    [Fact]
    public async Task Logs_SinceAndLines_AreBothKept()
    {
        AddPlugin("a", new { run = Shell("for i in 1 2 3 4 5 6; do echo line $i; done; exec sleep 600"), readiness = new { kind = "log", pattern = "line 6" } });
        await UpAsync();
        await WaitForStateAsync("a", "Ready");

        Assert.Equal(["line 5", "line 6"], await LinesAsync("--since", "1h", "--lines", "2"));
        JsonElement[] all = [.. (await RunAsync("logs", "a", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
        string[] since = await LinesAsync("--since", all[^1].GetProperty("time").GetDateTimeOffset().ToString("o"), "--lines", "100");
        Assert.Equal("line 6", since[^1]);
        Assert.Equal(["line 1", "line 2", "line 3", "line 4", "line 5", "line 6"], await LinesAsync("--since", "1h"));
    }

    private async Task<string[]> LinesAsync(params string[] options) =>
        [.. (await RunAsync(["logs", "a", "--json", .. options])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line).GetProperty("text").GetString()!)];

    private async Task<DateTimeOffset> SinceAsync() =>
        JsonDocument.Parse((await RunAsync("ps", "--json")).Output).RootElement.EnumerateArray().Single(row => row.GetProperty("name").GetString() == "a").GetProperty("since").GetDateTimeOffset();
}
