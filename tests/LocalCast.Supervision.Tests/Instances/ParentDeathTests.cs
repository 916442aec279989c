using LocalCast.Testing;

namespace LocalCast.Supervision.Tests;

public sealed class ParentDeathTests
{
    /// <summary>A child, one in another process group with nothing in its environment, and a daemon of a parent that is gone; all say their number.</summary>
    private const string Family =
        "sleep 1000 & echo $!; (env -i setsid sh -c 'echo $$; exec sleep 1000') & (setsid sh -c 'echo $$; exec sleep 1000' &); wait";

    [Fact]
    public async Task KilledAgent_TakesItsChildrenAlong_ButNotASurvivor()
    {
        using KilledAgent agent = await KilledAgent.StartAsync(Family, numbers: 3);
        Assert.True(Processes.Exists(agent.Child));

        await agent.KillAsync();

        await AllGoneAsync(agent);
        Assert.True(Processes.Exists(agent.Survivor));
        await using var fixture = new RunnerFixture();
        Assert.Equal(1, fixture.Runner.KillLeftovers(agent.Survivor));
        await Processes.GoneAsync($"{agent.Survivor.Pid}").DefaultTimeout();
    }

    [Fact]
    public async Task KilledGuard_IsReplacedByOneThatKnowsAll()
    {
        using KilledAgent agent = await KilledAgent.StartAsync(Family, numbers: 3);
        int first = await agent.GuardAsync();
        Processes.Kill(first);
        await agent.GuardAsync(other: first);
        Assert.True(Processes.Exists(agent.Child));

        await agent.KillAsync();

        await AllGoneAsync(agent);
    }

    [Fact]
    public async Task StoppedAgent_LeavesNoGuard()
    {
        using KilledAgent agent = await KilledAgent.StartAsync("echo 1; exec sleep 1000", numbers: 1);
        string mark = agent.Mark;
        Assert.NotEqual(0, await agent.GuardAsync());

        await agent.EndAsync();

        await Processes.NoneWithAsync(mark).DefaultTimeout();
        Assert.True(Processes.Exists(agent.Survivor));
    }

    [Fact]
    public async Task KilledAgent_WithoutGuard_TakesItsChildrenAlong()
    {
        using KilledAgent agent = await KilledAgent.StartAsync("echo 1; exec sleep 1000", numbers: 1, "--no-guard");

        await agent.KillAsync();

        await Processes.GoneAsync($"{agent.Child.Pid}").DefaultTimeout();
    }

    [Fact]
    public async Task Survivor_IsNotKnownAsTheAgents()
    {
        using KilledAgent agent = await KilledAgent.StartAsync("echo 1; exec sleep 1000", numbers: 1);

        Assert.Null(Processes.Variable(agent.Survivor.Pid, "LOCALCAST_AGENT"));
    }

    [Fact]
    public async Task Launch_WithNothingThatTiesItToTheAgent_SaysWhatIsMissing()
    {
        await using var fixture = new RunnerFixture(new ProcessRunnerOptions { GuardShells = ["/no/such/sh"], ParentDeathWrappers = ["/no/such/setpriv"] });

        RecordingListener heard = await fixture.RunAsync(fixture.Shell("echo runs"));

        Assert.Equal(["runs"], heard.Output);
        Assert.Contains("setpriv", Assert.Single((await heard.LaunchedTask).Notes), StringComparison.Ordinal);
    }

    private static async Task AllGoneAsync(KilledAgent agent)
    {
        foreach (string pid in agent.Printed.Append($"{agent.Child.Pid}"))
        {
            await Processes.GoneAsync(pid).DefaultTimeout();
        }
    }
}
