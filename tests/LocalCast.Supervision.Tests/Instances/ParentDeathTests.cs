using System.Diagnostics;
using System.Globalization;
using LocalCast.Testing;

namespace LocalCast.Supervision.Tests;

public sealed class ParentDeathTests
{
    [Fact]
    public async Task KilledAgent_TakesItsChildrenAlong_ButNotASurvivor()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "LocalCast.Supervision.Tests.Launcher.dll");
        using var agent = Process.Start(new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = true })!;
        InstanceIdentity child = await ReadAsync(agent);
        InstanceIdentity survivor = await ReadAsync(agent);
        Assert.True(Processes.Exists(child));

        agent.Kill();
        await agent.WaitForExitAsync().DefaultTimeout();

        await Processes.GoneAsync($"{child.Pid}").DefaultTimeout();
        Assert.True(Processes.Exists(survivor));
        await using var fixture = new RunnerFixture();
        Assert.Equal(1, fixture.Runner.KillLeftovers(survivor));
        await Processes.GoneAsync($"{survivor.Pid}").DefaultTimeout();
    }

    [Fact]
    public async Task Launch_WithoutSetpriv_SaysWhatIsMissing()
    {
        await using var fixture = new RunnerFixture(new ProcessRunnerOptions { ParentDeathWrappers = ["/no/such/setpriv"] });

        RecordingListener heard = await fixture.RunAsync(fixture.Shell("echo runs"));

        Assert.Equal(["runs"], heard.Output);
        Assert.Contains("setpriv", Assert.Single((await heard.LaunchedTask).Notes), StringComparison.Ordinal);
    }

    private static async Task<InstanceIdentity> ReadAsync(Process agent)
    {
        string[] words = (await agent.StandardOutput.ReadLineAsync().DefaultTimeout())!.Split(' ');
        return new InstanceIdentity(int.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture), words[2]);
    }
}
