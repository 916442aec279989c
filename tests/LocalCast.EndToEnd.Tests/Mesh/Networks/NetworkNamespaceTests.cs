using System.Diagnostics;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Whether what these tests build is what they think it is, and whether it goes away.</summary>
public sealed class NetworkNamespaceTests
{
    [Fact]
    public async Task Leftovers_OfATestProcessThatIsNoMore_AreRemovedWithWhatRunsInThem()
    {
        NetworkNamespace own = await NetworkNamespace.CreateAsync("own", "10.77.0.1"); // removes leftovers, too, so it comes first
        using var dead = Process.Start("true");
        await dead.WaitForExitAsync().DefaultTimeout();
        string left = NetworkNamespace.NameOf(dead.Id, "left");
        await NetworkCommand.IpAsync("netns", "add", left);
        using var agent = Process.Start("ip", ["netns", "exec", left, "sleep", "600"]);
        try
        {
            while (!(await NetworkCommand.TryIpAsync("netns", "pids", left)).Contains(agent.Id.ToString(), StringComparison.Ordinal))
            {
                Assert.False(agent.HasExited); // it has not entered the namespace yet
                await Task.Delay(20);
            }

            await NetworkNamespace.RemoveLeftoversAsync();

            await agent.WaitForExitAsync().DefaultTimeout();
            Assert.False(File.Exists($"/run/netns/{left}"));
            Assert.True(File.Exists($"/run/netns/{own.Name}"));
            await own.DeleteAsync();
            Assert.False(File.Exists($"/run/netns/{own.Name}"));
        }
        finally
        {
            agent.Kill();
        }
    }
}
