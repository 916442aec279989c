using System.Text.Json;

namespace LocalCast.EndToEnd.Tests.SupervisionBadInput;

public sealed class BadNodeTests(BadNodes agent) : IClassFixture<BadNodes>
{
    [Theory]
    [InlineData("not-json", "PLUGINS/not-json/node.json: line 2, column 10: this is not JSON")]
    [InlineData("empty", "PLUGINS/empty/node.json: line 1, column 1: this is not JSON")]
    [InlineData("binary", "PLUGINS/binary/node.json: line 1, column 1: this is not JSON")]
    [InlineData("half-a-pair", "PLUGINS/half-a-pair/node.json: run.exec: a text in it is none")]
    [InlineData("half-a-name", "PLUGINS/half-a-name/node.json: a text in it is none")]
    [InlineData("not-utf8", "PLUGINS/not-utf8/node.json: name: a text in it is none")]
    [InlineData("huge", "PLUGINS/huge/node.json: expected at most 256 KiB")]
    [InlineData("deep", "PLUGINS/deep/node.json: line 1", "depth of 64")]
    [InlineData("folder", "PLUGINS/folder/node.json: cannot be read: it is a folder")]
    [InlineData("fifo", "PLUGINS/fifo/node.json: cannot be read: it is no file")]
    [InlineData("dangling", "PLUGINS/dangling/node.json: cannot be read")]
    public async Task Manifest_CannotBeRead_SaysWhere(string node, params string[] reasons) => await agent.AssertIsAsync(node, "Failed", reasons);

    [Theory]
    [InlineData("types", "PLUGINS/types/node.json: run.exec: expected a command or a path, got 5", "run.args: expected a list of texts, got \"x\"", "requires: expected a list", "restart: expected", "readiness.timeoutMs: expected a whole number")]
    [InlineData("unknown", "PLUGINS/unknown/node.json: colour: unknown key", "run.arg: unknown key; did you mean \"args\"?")]
    [InlineData("twin", "PLUGINS/twin-1/node.json", "PLUGINS/twin-2/node.json", "so none is run")]
    [InlineData("slashes", "PLUGINS/slashes/node.json: name: ", "must not contain any of")]
    [InlineData("dots", "PLUGINS/dots/node.json: name: ", "must not begin or end with a dot")]
    [InlineData("control", "PLUGINS/control/node.json: name: a name must not contain control characters")]
    [InlineData("pattern", "PLUGINS/pattern/node.json: readiness.pattern: expected a regular expression")]
    [InlineData("no-variables", "PLUGINS/no-variables/none.env: cannot be read")]
    [InlineData("fifo-variables", "PLUGINS/fifo-variables/fifo.env: cannot be read: it is no file")]
    public async Task Manifest_SaysWhatMakesNoSense_AllOfItIsTold(string node, params string[] reasons) => await agent.AssertIsAsync(node, "Failed", reasons);

    [Theory]
    [InlineData("ring-a", "ring-a → ring-b → ring-c → ring-a")]
    [InlineData("ring-b", "ring-b → ring-c → ring-a → ring-b")]
    [InlineData("ring-c", "ring-c → ring-a → ring-b → ring-c")]
    [InlineData("selfish", "it requires itself: selfish → selfish")]
    [InlineData("lost", "lost → nobody-is-called-so", "there is no such plugin")]
    [InlineData("behind", "missing-path", "there is no file PLUGINS/missing-path/missing")]
    public async Task Requirements_CannotBeMet_AreToldWithTheirPath(string node, params string[] reasons) => await agent.AssertIsAsync(node, "Failed", reasons);

    [Theory]
    [InlineData("missing-path", "Failed", "there is no file PLUGINS/missing-path/missing")]
    [InlineData("missing-command", "Disabled", "'no-such-command-anywhere' is not installed")]
    [InlineData("not-executable", "Failed", "PLUGINS/not-executable/run is not executable")]
    [InlineData("bad-interpreter", "Failed", "PLUGINS/bad-interpreter/run asks for the interpreter '/no/such/interpreter', which does not exist")]
    [InlineData("windows-lines", "Failed", "PLUGINS/windows-lines/run has Windows line ends")]
    [InlineData("no-folder", "Failed", "its working directory PLUGINS/no-folder/nowhere does not exist")]
    [InlineData("fifo-program", "Failed", "PLUGINS/fifo-program/run is no file")]
    public async Task Program_CannotBeStarted_SaysWhy(string node, string state, params string[] reasons) => await agent.AssertIsAsync(node, state, reasons);

    [Theory]
    [InlineData("exits-0", "Completed", "exit 0")]
    [InlineData("exits-3", "Failed", "exit 3")]
    [InlineData("crashes", "CrashLoop", "exit 3")]
    [InlineData("never-ready", "Failed", "not ready after 300 ms", "it printed no line that matches ^up$")]
    [InlineData("never-joins", "Failed", "not ready after 300 ms", "it did not join")]
    public async Task Program_EndsOrIsNeverReady_SaysWhy(string node, string state, params string[] reasons) => await agent.AssertIsAsync(node, state, reasons);

    [Fact]
    public async Task Commands_TellTheSameOnTheCommandLine()
    {
        await agent.AssertIsAsync("exits-3", "Failed");
        JsonElement row = (await agent.CommandAsync("ps", "--json")).Json().EnumerateArray().Single(node => node.GetProperty("name").GetString() == "exits-3");
        Assert.Equal("Failed", row.GetProperty("state").GetString());
        Assert.Equal("exit 3", row.GetProperty("reason").GetString());
        CommandResult why = await agent.CommandAsync("why", "exits-3");
        Assert.Contains("no luck today", why.Output); // its last words
    }

    [Fact]
    public async Task Start_OfRefusedNode_FailsWithItsReason() =>
        Assert.Contains("ring-a → ring-b → ring-c → ring-a", (await agent.CommandAsync("start", "ring-a")).Errors);

    [Fact]
    public async Task Boot_CircleAndProblems_AreOnStderr() => await agent.AssertErrorsAsync("ring-a → ring-b → ring-c → ring-a", "run.arg: unknown key; did you mean \"args\"?");
}
