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
        Assert.Single(fixture.Runner.KillLeftovers([new Leftover(agent.Survivor, "")]));
        await Processes.GoneAsync($"{agent.Survivor.Pid}").DefaultTimeout();
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("a) R 1\nb")]
    [InlineData("a) S 1 1 1 (")]
    public async Task KilledAgent_ChildThatGaveItselfAStrangeName_IsFoundAllTheSame(string name)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("localcast-names-");
        string program = Path.Combine(folder.FullName, name);
        File.Copy("/bin/sleep", program);
        using KilledAgent agent = await KilledAgent.StartAsync($"env -i setsid '{program}' 1000 & echo $!; wait", numbers: 1);
        await Until.TrueAsync(() => Processes.NameOf(agent.Printed[0]) == name).DefaultTimeout();

        await agent.KillAsync();

        await AllGoneAsync(agent);
        folder.Delete(recursive: true);
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
    public async Task KilledAgent_ItsGuardTooAtOnce_TheNextOneEndsWhatIsLeft()
    {
        using KilledAgent agent = await KilledAgent.StartAsync(Family, numbers: 3);
        int guard = await agent.GuardAsync();
        Processes.Signal(agent.Pid, Processes.Stop); // so that it starts no other one
        Processes.Kill(guard);
        await agent.KillAsync();
        Assert.All(agent.Printed, pid => Assert.True(Processes.IsRunning(pid)));
        await using var fixture = new RunnerFixture();

        Leftover[] left = [new(agent.Child, Processes.Variable(agent.Child.Pid, "LOCALCAST_INSTANCE")!), new(agent.Child with { Pid = Environment.ProcessId }, "another")];
        Assert.Equal([left[0]], fixture.Runner.KillLeftovers(left));

        await AllGoneAsync(agent);
        Assert.True(Processes.Exists(agent.Survivor)); // it has another mark
        Assert.Empty(fixture.Runner.KillLeftovers(left));
    }

    [Fact]
    public async Task KillLeftovers_AnotherHasTheNumber_IsLeftAloneAndTheDaemonIsFound()
    {
        using KilledAgent agent = await KilledAgent.StartAsync(Family, numbers: 3);
        string token = Processes.Variable(agent.Child.Pid, "LOCALCAST_INSTANCE")!;
        int guard = await agent.GuardAsync();
        Processes.Signal(agent.Pid, Processes.Stop);
        Processes.Kill(guard);
        await agent.KillAsync();
        await using var fixture = new RunnerFixture();
        RecordingListener stranger = fixture.Start(fixture.Shell("exec sleep 1000"));
        InstanceIdentity strange = (await stranger.LaunchedTask.DefaultTimeout()).Identity;

        Assert.Single(fixture.Runner.KillLeftovers([new Leftover(strange with { StartTime = strange.StartTime - 1 }, token)]));

        await AllGoneAsync(agent);
        Assert.True(Processes.Exists(strange));
    }

    [Fact]
    public async Task StoppedGuard_ThatReadsNoMore_IsReplacedByOneThatKnowsAll()
    {
        using KilledAgent agent = await KilledAgent.StartAsync(Family, numbers: 3, "--small-pipe");
        int stopped = await agent.GuardAsync();
        Processes.Signal(stopped, Processes.Stop);
        string mark = agent.Mark;
        while (!Processes.With(mark).Any(pid => pid != stopped && Processes.IsDaemon(pid)))
        {
            await agent.LaunchAsync(); // each is a line that nobody reads
        }

        await agent.KillAsync();

        await AllGoneAsync(agent);
        Processes.Signal(stopped, Processes.Continue);
        await Processes.NoneWithAsync(mark).DefaultTimeout();
        Assert.True(Processes.Exists(agent.Survivor));
    }

    [Fact]
    public async Task StoppedGuard_AgentIsKilled_EndsAllAsSoonAsItGoesOn()
    {
        using KilledAgent agent = await KilledAgent.StartAsync(Family, numbers: 3);
        int guard = await agent.GuardAsync();
        Processes.Signal(guard, Processes.Stop);
        await agent.KillAsync();
        Assert.All(agent.Printed, pid => Assert.True(Processes.IsRunning(pid)));

        Processes.Signal(guard, Processes.Continue);

        await AllGoneAsync(agent);
        Assert.True(Processes.Exists(agent.Survivor));
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
