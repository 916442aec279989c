using System.Text.Json.Nodes;

namespace LocalCast.EndToEnd.Tests;

/// <summary>An agent that comes back with a smaller boot id, because its clock was set back meanwhile: what it tells is older than what is known, and has to count.</summary>
public sealed class RestartTests : MeshTest
{
    [Fact]
    public async Task AgentThatComesBackWithAnOlderBoot_IsHeardByAll()
    {
        await UpAsync("a");
        await UpAsync("far", "a");

        // What it told before: by hand, an hour ahead of the clock that it will have.
        await using (RawPeer before = await RawPeer.LinkAsync(AgentOf("a").Url, "c"))
        {
            await before.AnnounceAsync(new JsonObject
            {
                ["id"] = "c",
                ["name"] = "c",
                ["boot"] = (before.Boot + 3_600_000).ToString(),
                ["seq"] = "70",
                ["nodes"] = new JsonArray(new JsonObject { ["name"] = "past", ["state"] = "Ready" }),
                ["neighbours"] = new JsonArray(new JsonObject { ["id"] = "a", ["cost"] = 100 }),
            });
            await WaitForWayAsync("far", "past", "a", "c");
        }

        await UpAsync("c", "a");
        await JoinEchoAsync("c", "present");

        await WaitForWayAsync("far", "present", "a", "c");
        LocalNode client = await JoinClientAsync("far", "client");
        Assert.Equal("c", await client.CallAsync<string>("present", "where"));
        await WaitUntilAsync(async () => await WayAsync("far", "past") is null && await WayAsync("a", "past") is null, "what it had before is still told");

        // Its later news count, too, also those after a proper restart.
        await JoinEchoAsync("c", "later");
        await WaitForWayAsync("far", "later", "a", "c");
        await CrashAsync("c");
        await WaitForLossAsync("far", "c");
        await UpAgainAsync("c");
        await JoinEchoAsync("c", "latest");
        await WaitForWayAsync("far", "latest", "a", "c");
    }
}
