using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

/// <summary>The plugins that ship, from where they are.</summary>
public sealed class ShippedPluginTests : SupervisorTest
{
    private static readonly string[] _names = ["clock", "counter", "dht", "dns", "echo"];

    [Fact]
    public async Task Up_AllThatShip_BootAnswerAndEndInOrder()
    {
        await UpAsync("--plugins", ShippedFolder());
        foreach (string name in _names)
        {
            Assert.Equal("Ready", (await WaitForAsync(name, IsSettled, "an end of its boot")).State);
        }

        Assert.Equal("[\"192.0.2.1\"]\n", (await RunAsync("call", "dns", "resolve", "example.com")).Output);
        Assert.Equal("3\n", (await RunAsync("call", "dht", "put", "colour", "{\"r\":255}")).Output);
        Assert.Equal("{\"r\":255}\n", (await RunAsync("call", "dht", "get", "colour")).Output);
        Assert.Equal("1\n", (await RunAsync("call", "counter", "increment")).Output);
        Assert.Equal(6, await CallAsync<int>("counter", "increment", 5));
        CommandResult upgraded = await RunAsync("upgrade", "counter");
        Assert.Equal(0, upgraded.ExitCode);
        Assert.Contains("counter was restarted, not replaced", upgraded.Errors);
        Assert.Equal(6, await CallAsync<int>("counter", "get")); // two at a time would each have a number of their own
        Assert.True(DateTimeOffset.TryParse(await CallAsync<string>("clock", "now"), out _));
        Assert.Equal("{\"any\":[\"thing\"]}\n", (await RunAsync("call", "echo", "echo", "{\"any\":[\"thing\"]}")).Output);
        JsonElement dht = (await RunAsync("boot", "--json")).Json().GetProperty("nodes").EnumerateArray().Single(row => row.GetProperty("name").GetString() == "dht");
        Assert.Equal("dns", dht.GetProperty("unblocked_by").GetString());

        CommandResult result = await DownAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"{Line("dns", "Draining")}: the agent was stopped; dht first\n", result.Output);
        Assert.Matches($"(?s){Line("dht", "Disabled")}.*{Line("dns", "Disabled")}", result.Output);

        await UpAsync("--plugins", ShippedFolder());
        await WaitForStateAsync("counter", "Ready");
        Assert.Equal(6, await CallAsync<int>("counter", "get")); // it was asked to end, and could save
    }

    [Fact]
    public async Task Up_NeitherPythonNorNode_ThoseTwoAreDisabledAndTheRestRuns()
    {
        string path = Path.Combine(Folder, "empty");
        Directory.CreateDirectory(path);
        await UpAsync(new Dictionary<string, string> { ["PATH"] = path }, "--plugins", ShippedFolder());
        foreach (string name in _names)
        {
            await WaitForAsync(name, IsSettled, "an end of its boot");
        }

        NodeLine clock = await LookAsync("clock");
        Assert.Equal("Disabled", clock.State);
        Assert.Contains("python3", clock.Reason);
        NodeLine echo = await LookAsync("echo");
        Assert.Equal("Disabled", echo.State);
        Assert.Contains("'node'", echo.Reason);
        Assert.Equal(["Ready", "Ready", "Ready"], (await ListAsync()).Where(line => line.Name is "counter" or "dht" or "dns").Select(line => line.State));
        (await RunAsync("call", "clock", "now")).AssertFailed(15, "NodeNotReady", "python3");
        Assert.Contains("python3", (await RunAsync("why", "clock")).Output);
    }

    private static bool IsSettled(NodeLine line) => line.State is not ("Starting" or "Waiting");

    private static string ShippedFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "LocalCast.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "plugins");
    }
}
