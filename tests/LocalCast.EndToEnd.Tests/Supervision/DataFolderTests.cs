using System.Globalization;

namespace LocalCast.EndToEnd.Tests;

/// <summary>One data folder, and more than one agent that is to keep its things there.</summary>
public sealed class DataFolderTests : SupervisorTest
{
    private string OtherPipe => Path.Combine(Folder, "other");

    [Theory]
    [InlineData("--plugins")]
    [InlineData("--no-plugins")]
    public async Task Up_DataFolderOfALiveAgent_IsRefusedAndItsNodesLiveOn(string plugins)
    {
        AddPlugin("a", new { run = Joining() });
        await UpAsync();
        int pid = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        await WaitUntilAsync(() => File.Exists(Path.Combine(Data, "instances.json")), "what runs is not written down");
        string[] sources = plugins == "--plugins" ? ["--plugins", Plugins] : ["--no-plugins"];

        CommandResult second = await RunAsync(["up", "--pipe", OtherPipe, "--data", Data, .. sources]);

        second.AssertFailed(26, "DuplicateName", Data, Pipe, Agent.Pid.ToString(CultureInfo.InvariantCulture));
        Assert.False(Path.Exists(OtherPipe));
        NodeLine after = await LookAsync("a");
        Assert.Equal(("Ready", pid, 0), (after.State, after.Pid, after.Restarts));
        await DownAsync();
    }

    [Fact]
    public async Task Up_AgentOfTheDataFolderWasKilled_TakesItOverAtAnotherPipe()
    {
        AddPlugin("a", new { run = Joining() });
        await UpAsync();
        await WaitForStateAsync("a", "Ready");
        await Agent.CrashAsync();
        Assert.True(File.Exists(Path.Combine(Data, "agent.lock")));

        CommandProcess next = Start("up", "--pipe", OtherPipe, "--data", Data, "--plugins", Plugins);

        await next.WaitForOutputAsync(Line("a", "Ready"));
        next.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        Assert.Equal(0, (await next.WaitForExitAsync()).ExitCode);
        Assert.False(File.Exists(Path.Combine(Data, "agent.holder")));
    }
}
