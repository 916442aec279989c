using System.Runtime.InteropServices;
using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

public sealed class CallTests : CommandTest
{
    [Fact]
    public async Task Call_Result_IsExactlyTheBareJson()
    {
        await StartAgentAsync();
        await StartEchoAsync();
        foreach ((string argument, string result) in new[] { ("hello", "\"hello\""), ("42", "42"), ("null", "null"), ("{\"a\":[1,true]}", "{\"a\":[1,true]}"), ("not {json", "\"not {json\"") })
        {
            CommandResult call = await RunAsync("call", "echo", "echo", argument, "--json");
            Assert.Equal(result + "\n", call.Output);
            Assert.Equal("", call.Errors);
        }

        Assert.Equal("--x", (await RunAsync("call", "echo", "echo", "--", "--x")).Json().GetString());
        Assert.Equal("grün €", (await RunAsync("call", "echo", "echo", "grün €")).Json().GetString());
    }

    [Fact]
    public async Task Call_Fails_EachErrorHasItsExitCode()
    {
        await StartAgentAsync();
        await StartEchoAsync();
        (await RunAsync("call", "nobody", "x")).AssertFailed(14, "NodeNotFound", "nobody");
        (await RunAsync("call", "echo", "nope")).AssertFailed(16, "MethodNotFound", "nope");
        (await RunAsync("call", "echo", "fail", "two\nlines", "--json")).AssertFailed(17, "HandlerFailed", "two lines");
        (await RunAsync("call", "echo", "slow", "60000", "--timeout", "0.2")).AssertFailed(18, "Timeout");
        (await RunAsync("call", "echo", "upper")).AssertFailed(11, "BadRequest");
        (await RunAsync("call", "echo", "stop")).AssertFailed(13, "Forbidden");
    }

    [Fact]
    public async Task Call_NoAgent_SaysHowToStartOne() =>
        (await RunAsync("call", "echo", "echo", "1", "--json")).AssertFailed(25, "Disconnected", Pipe, "localcast up");

    [Fact]
    public async Task Call_Interrupted_EndsWith130()
    {
        await StartAgentAsync();
        await StartEchoAsync();
        CommandProcess call = Start("call", "echo", "slow", "60000");
        CommandProcess watching = Start("require", "echo");
        await watching.WaitForExitAsync();
        await WaitUntilJoinedAsync("cli-" + call.Pid.ToString(System.Globalization.CultureInfo.InvariantCulture));
        call.Signal(PosixSignal.SIGINT);
        CommandResult result = await call.WaitForExitAsync();
        Assert.Equal(130, result.ExitCode);
        Assert.Equal("", result.Output);
    }

    private async Task WaitUntilJoinedAsync(string name)
    {
        for (int i = 0; i < 100; i++)
        {
            JsonElement nodes = (await RunAsync("ps", "--json")).Json();
            if (nodes.EnumerateArray().Any(node => node.GetProperty("name").GetString() == name))
            {
                return;
            }
        }

        Assert.Fail($"{name} did not join");
    }
}
