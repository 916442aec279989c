using System.Globalization;
using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

public sealed class DiscoveryTests : CommandTest
{
    [Fact]
    public async Task PsAndPing_Json_AreArraysOfDescriptions()
    {
        await StartAgentAsync();
        CommandProcess echo = await StartEchoAsync("--name", "echo [1]");

        JsonElement[] all = [.. (await RunAsync("ps", "--json")).Json().EnumerateArray()];
        Assert.Equal(2, all.Length);
        Assert.Contains(all, node => node.GetProperty("role").GetString() == "client" && node.GetProperty("name").GetString()!.StartsWith("cli-", StringComparison.Ordinal));

        JsonElement found = Assert.Single((await RunAsync("ping", "--json")).Json().EnumerateArray());
        Assert.Equal("echo [1]", found.GetProperty("name").GetString());
        Assert.Equal("Ready", found.GetProperty("state").GetString());
        Assert.Equal(echo.Pid, found.GetProperty("pid").GetInt32());
        Assert.True(found.GetProperty("uptime_ms").GetInt64() >= 0);
        Assert.True(found.GetProperty("round_trip_us").GetDouble() > 0);

        CommandResult table = await RunAsync("ping");
        Assert.Contains("NAME", table.Output);
        Assert.Contains(echo.Pid.ToString(CultureInfo.InvariantCulture), table.Output);
        Assert.Contains("echo [1]", table.Output);
    }

    [Fact]
    public async Task Ping_NobodyThere_IsAnEmptyArray()
    {
        await StartAgentAsync();
        Assert.Equal(0, (await RunAsync("ping", "--json")).Json().GetArrayLength());
    }

    [Fact]
    public async Task Require_TimeIsOver_NamesTheMissing()
    {
        await StartAgentAsync();
        await StartEchoAsync();
        CommandResult result = await RunAsync("require", "echo", "dns", "dht", "--timeout", "0.2");
        result.AssertFailed(15, "NodeNotReady", "dns", "dht");
        Assert.DoesNotContain("echo", result.Errors);
    }

    [Fact]
    public async Task Require_NodeComesLater_IsAnswered()
    {
        await StartAgentAsync();
        CommandProcess require = Start("require", "late", "--json");
        await StartEchoAsync("--name", "late");
        JsonElement node = Assert.Single((await require.WaitForExitAsync()).Json().EnumerateArray());
        Assert.Equal("late", node.GetProperty("name").GetString());
    }

    [Fact]
    public async Task ServeEcho_NameIsTaken_IsRefused()
    {
        await StartAgentAsync();
        await StartEchoAsync();
        (await RunAsync("serve-echo")).AssertFailed(26, "DuplicateName", "echo");
    }
}
