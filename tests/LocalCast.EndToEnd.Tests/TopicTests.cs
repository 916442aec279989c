using System.Runtime.InteropServices;
using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

public sealed class TopicTests : CommandTest
{
    [Fact]
    public async Task Subscribe_Json_OneObjectPerLineUntilTheCount()
    {
        await StartAgentAsync();
        CommandProcess subscriber = Start("subscribe", "sensors.>", "--json", "--count", "2");
        await PublishOnceSubscribedAsync("sensors.kitchen.temp", "21.5");
        JsonElement published = (await RunAsync("publish", "sensors.door", "open", "--json")).Json();
        Assert.Equal(("all", 1), (published.GetProperty("mode").GetString(), published.GetProperty("delivered").GetInt32()));

        CommandResult result = await subscriber.WaitForExitAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Errors);
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        JsonElement first = JsonElement.Parse(lines[0]);
        Assert.Equal("sensors.kitchen.temp", first.GetProperty("topic").GetString());
        Assert.Equal(21.5, first.GetProperty("data").GetDouble());
        Assert.StartsWith("cli-", first.GetProperty("from").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, first.GetProperty("missed").GetInt64());
        Assert.Equal("open", JsonElement.Parse(lines[1]).GetProperty("data").GetString());
    }

    [Fact]
    public async Task Subscribe_Interrupted_EndsWith130()
    {
        await StartAgentAsync();
        CommandProcess subscriber = Start("subscribe", "t");
        await subscriber.WaitForErrorAsync("subscribed to t");
        await RunAsync("publish", "t", "hello");
        await subscriber.WaitForOutputAsync("t cli-");
        subscriber.Signal(PosixSignal.SIGINT);
        CommandResult result = await subscriber.WaitForExitAsync();
        Assert.Equal(130, result.ExitCode);
        Assert.EndsWith(": \"hello\"\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_EachMode_SaysForHowManyItWasQueued()
    {
        await StartAgentAsync();
        Assert.Equal("nobody subscribes to it\n", (await RunAsync("publish", "t", "1")).Output);
        Assert.Equal("nobody is there\n", (await RunAsync("publish", "t", "1", "--mode", "every")).Output);
        Assert.Equal(0, (await RunAsync("publish", "t", "1", "--json")).Json().GetProperty("delivered").GetInt32());
        await StartEchoAsync("--name", "a");
        await StartEchoAsync("--name", "b");
        CommandProcess subscriber = Start("subscribe", "t");
        await subscriber.WaitForErrorAsync("subscribed to t");

        Assert.Equal("queued for 1\n", (await RunAsync("publish", "t", "1")).Output);
        Assert.Equal("queued for 2\n", (await RunAsync("publish", "t", "1", "--mode", "every")).Output); // nodes; who subscribes is a client
        Assert.Equal("1 subscriber has it\n", (await RunAsync("publish", "t", "1", "--mode", "one")).Output);
        Assert.Equal(1, (await RunAsync("publish", "t", "1", "--mode", "one", "--json")).Json().GetProperty("delivered").GetInt32());
        CommandResult halfJson = await RunAsync("publish", "t", "{\"a\":1");
        Assert.Equal((0, "queued for 1\n"), (halfJson.ExitCode, halfJson.Output));
        Assert.Contains("localcast: DATA was sent as a text, since it is not JSON", halfJson.Errors);
    }

    [Fact]
    public async Task Publish_ThatCannotBe_IsRefused()
    {
        await StartAgentAsync();
        (await RunAsync("publish", "jobs", "1", "--mode", "one")).AssertFailed(40, "NoSubscriber", "jobs");
        (await RunAsync("publish", "a..b", "1")).AssertFailed(11, "BadRequest");
        (await RunAsync("publish", "localcast.nodes", "1")).AssertFailed(13, "Forbidden");
        (await RunAsync("publish", "big", new string('x', 100_000), "--mode", "none")).AssertFailed(2, "--mode");
    }

    /// <summary>Publishes to one subscriber, which fails until there is one.</summary>
    private async Task PublishOnceSubscribedAsync(string topic, string data)
    {
        CommandResult result;
        int tries = 0;
        do
        {
            result = await RunAsync("publish", topic, data, "--mode", "one");
        }
        while (result.ExitCode == 40 && ++tries < 100);

        Assert.Equal(0, result.ExitCode);
    }
}
