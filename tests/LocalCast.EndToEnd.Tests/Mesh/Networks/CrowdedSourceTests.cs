using System.Diagnostics;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>One machine of a network holds connections open and says nothing: it has no more places than one machine may.</summary>
public sealed class CrowdedSourceTests : NetworkTest
{
    private const int Crowd = 40; // more than one address may have, fewer than there are places in all

    [Fact]
    public async Task SilentConnections_FromOneMachine_AreBoundedByTheirAddress_AndOthersLink()
    {
        MeshAgent agent = await UpAsync("a");
        await UpAsync("b", "a");
        await WaitForMeshAsync("a", "b");
        var uri = new Uri(agent.Url);
        string script = $"for i in $(seq {Crowd}); do exec {{open}}<>/dev/tcp/{uri.Host}/{uri.Port}; done; echo done; read end";
        using Process crowd = Process.Start(new ProcessStartInfo("ip", [.. Net.LauncherOf("b").Skip(1), "bash", "-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        Assert.Equal("done", await crowd.StandardOutput.ReadLineAsync().DefaultTimeout());

        await WaitUntilAsync(async () => await CountAsync("connection_refused") + await CountAsync("connection_evicted") >= 8, "nobody is refused");
        await UpAsync("c", "a");
        await WaitForMeshAsync("a", "b", "c");

        crowd.StandardInput.Close();
        await crowd.WaitForExitAsync().DefaultTimeout();
    }

    private async Task<long> CountAsync(string name) =>
        (await AskAsync("a", "mesh-events")).EnumerateArray().Where(row => row.GetProperty("event").GetString() == name).Sum(row => row.GetProperty("count").GetInt64());
}
