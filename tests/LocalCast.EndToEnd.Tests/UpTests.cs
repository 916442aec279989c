using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

public sealed class UpTests : CommandTest
{
    [Fact]
    public async Task Up_Starts_SummaryNamesWhatMatters()
    {
        CommandProcess agent = await StartAgentAsync("--no-plugins");
        Assert.Contains($"pipe   {Pipe}\n", agent.Output);
        Assert.Contains($"door   {Pipe}.door\n", agent.Output);
        Assert.Contains("pid    " + agent.Pid.ToString(CultureInfo.InvariantCulture), agent.Output);
    }

    [Theory]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task Up_Signalled_SaysGoodbyeAndLeavesNoSocket(PosixSignal signal)
    {
        CommandProcess agent = await StartAgentAsync();
        CommandProcess echo = await StartEchoAsync();
        agent.Signal(signal);
        CommandResult result = await agent.WaitForExitAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("stopped\n", result.Output, StringComparison.Ordinal);
        Assert.False(Path.Exists(Pipe));
        Assert.False(Path.Exists(Pipe + ".door"));
        await echo.WaitForErrorAsync("the agent was stopped"); // the reason that its goodbye gave
    }

    [Fact]
    public async Task Up_PipeIsHeld_IsRefusedAndHarmsNobody()
    {
        await StartAgentAsync();
        CommandResult second = await RunAsync("up");
        second.AssertFailed(26, "DuplicateName", Pipe);
        Assert.Equal(0, (await RunAsync("ps")).ExitCode);
    }

    [Fact]
    public async Task Up_AgentWasKilled_NextOneTakesOverAndNodesComeBack()
    {
        CommandProcess first = await StartAgentAsync();
        CommandProcess echo = await StartEchoAsync();
        await first.CrashAsync();
        Assert.True(Path.Exists(Pipe));
        (await RunAsync("call", "echo", "upper", "x")).AssertFailed(25, "Disconnected", "localcast up");

        await StartAgentAsync();
        await echo.WaitForErrorAsync("the agent is back");
        Assert.Equal("HELLO", (await RunAsync("call", "echo", "upper", "hello")).Json().GetString());
    }

    [Fact]
    public async Task Ps_AgentLooksAfterNoNodes_ListsWhoJoined()
    {
        await StartAgentAsync("--no-plugins");
        await StartEchoAsync();
        JsonElement echo = (await RunAsync("ps", "--json")).Json().EnumerateArray().Single(row => row.GetProperty("name").GetString() == "echo");
        Assert.Equal("Ready", echo.GetProperty("state").GetString());
        Assert.NotEqual(default, echo.GetProperty("since").GetDateTimeOffset());
        Assert.Equal(0, echo.GetProperty("restarts").GetInt32());
    }

    [Fact]
    public async Task Why_NobodyIsLookedAfterByThatName_NamesIt()
    {
        await StartAgentAsync();
        (await RunAsync("why", "nobody")).AssertFailed(14, "NodeNotFound", "'nobody'");
    }

    [Fact]
    public async Task Up_FolderDoesNotExist_SaysSo() =>
        (await RunAsync("up", "--pipe", Path.Combine(Folder, "none", "pipe"))).AssertFailed(11, "does not exist");
}
