using System.Net.WebSockets;
using System.Text.Json.Nodes;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Peers that introduce themselves well and behave badly afterwards.</summary>
public sealed class BadNeighbourTests(GoodAgents agents) : IClassFixture<GoodAgents>
{
    [Fact]
    public async Task OldState_OfAnotherAgent_ChangesNothing()
    {
        await using (RawPeer peer = await RawPeer.LinkAsync(agents.Url, "replays"))
        {
            for (int seq = 1; seq <= 50; seq++)
            {
                await peer.AnnounceAsync(DocumentOf("b", boot: 1, (ulong)seq));
            }

            await SyncAsync(peer);
            await agents.CountedAsync("old_state", peer.Id, atLeast: 50);
            Assert.True(await agents.WayToAsync("worker") is ["b"]);
        }

        await agents.AssertUndisturbedAsync();
    }

    [Fact]
    public async Task LiesAboutNeighbours_DivertNothing()
    {
        await using (RawPeer peer = await RawPeer.LinkAsync(agents.Url, "liar"))
        {
            JsonObject lies = DocumentOf(peer.Id, peer.Boot, 1, ("a", 1), ("b", 1));
            lies["nodes"] = new JsonArray(new JsonObject { ["name"] = "twice", ["state"] = "Ready" }, new JsonObject { ["name"] = "twice", ["state"] = "Ready", ["topics"] = new JsonArray("a..b", "", ">.x") });
            await peer.AnnounceAsync(lies);
            await agents.UntilAsync(async () => await agents.WayToAsync("twice") is ["liar"], "what the liar has is not known");

            // Both ends have to claim a link: b does not.
            Assert.True(await agents.WayToAsync("worker") is ["b"]);
            await agents.NextAnswersAsync();
        }

        await agents.AssertUndisturbedAsync();
        Assert.Equal(LocalCastError.NoRoute, (await Assert.ThrowsAsync<LocalCastException>(() => agents.Client.CallAsync("twice", "x").AsTask().DefaultTimeout())).Code);
    }

    [Fact]
    public async Task StateOfAnotherAgent_ThatIsNewer_IsOverruledByIt()
    {
        await using (RawPeer peer = await RawPeer.LinkAsync(agents.Url, "forger"))
        {
            // Without signatures nobody can tell that it is forged, but b hears of it and writes its own above it.
            JsonObject forged = DocumentOf("b", peer.Boot + 1, 1, ("a", 100));
            forged["nodes"] = new JsonArray(new JsonObject { ["name"] = "forged", ["state"] = "Ready" });
            await peer.AnnounceAsync(forged);
            await SyncAsync(peer);
            await agents.UntilAsync(async () => await agents.WayToAsync("forged") is null && await agents.WayToAsync("worker") is ["b"], "the forged document stays");
            Assert.True(await agents.CountAsync("own_id_elsewhere", agent: "b") > 0);
        }

        await agents.LoggedAsync("link_ended", "forger");
        agents.ForgiveFailures(); // what a believed for a moment
        await agents.AssertUndisturbedAsync();
    }

    [Fact]
    public async Task TenThousandAddresses_NotAskedFor_AreABanInTheEnd()
    {
        var list = new JsonArray([.. Enumerable.Range(0, 10_000).Select(i => JsonValue.Create($"ws://203.0.{i / 250}.{i % 250}:46356"))]);
        JsonObject message = new() { ["type"] = "addr_list", ["data"] = new JsonObject { ["addresses"] = list } };
        await using (RawPeer peer = await RawPeer.LinkAsync(agents.Url, "gossip"))
        {
            for (int i = 0; i < 5; i++)
            {
                await peer.SendAsync(message);
            }

            Assert.Equal(LocalCastError.Forbidden, await peer.WhyGoodbyeAsync());
            await peer.Ended.DefaultTimeout();
        }

        await agents.LoggedAsync("misbehaviour", "gossip", "not asked for");
        await agents.CountedAsync("misbehaviour", "gossip", atLeast: 5);
        string why = (await agents.CommandAsync("why", "gossip")).Output;
        Assert.Contains("banned until", why);
        Assert.Contains("misbehaviour 5", why);
        Assert.Contains("100 of the 100 points", why);
        Assert.Matches(@"(?m)^misbehaviour +\d+$", (await agents.CommandAsync("peers", "--events")).Output);
        Assert.Contains("{\"event\":\"misbehaviour\",\"count\":", (await agents.CommandAsync("peers", "--events", "--json")).Output);
        await using (RawPeer again = await RawPeer.ConnectAsync(agents.Url, "gossip"))
        {
            await again.SendAsync(again.Hello());
            Assert.Equal(LocalCastError.Forbidden, await again.WhyGoodbyeAsync());
            await agents.CountedAsync("link_refused", "gossip");
        }

        await agents.AssertUndisturbedAsync();
    }

    [Fact]
    public async Task Floods_AreBounded()
    {
        await using (RawPeer peer = await RawPeer.LinkAsync(agents.Url, "flood"))
        {
            JsonObject state = new() { ["type"] = "state_seq", ["data"] = new JsonObject { ["digest"] = "1" } };
            for (int i = 0; i < 3000; i++)
            {
                await peer.SendAsync(state);
            }

            await agents.LoggedAsync("state_flood", "flood");
            await agents.CountedAsync("state_flood", "flood", atLeast: 100); // far more than are logged
            for (int i = 0; i < 2000; i++)
            {
                await peer.SendAsync(new JsonObject
                {
                    ["type"] = "call", ["id"] = $"c{i}", ["from"] = "x@flood", ["to"] = "nobody@a", ["ttl"] = 10, ["route"] = new JsonArray("flood"),
                    ["data"] = new JsonObject { ["method"] = "m", ["args"] = new JsonArray() },
                });
            }

            // Each gets its answer, and the others theirs.
            for (int i = 0; i < 2000; i++)
            {
                Assert.Equal(LocalCastError.NodeNotFound, (await peer.ReceiveAsync(MessageType.Result)).Error!.Code);
            }

            await agents.NextAnswersAsync();
        }

        await agents.AssertUndisturbedAsync();
    }

    [Fact]
    public async Task MessagesInTheNameOfOthers_AreRefused()
    {
        await using (RawPeer peer = await RawPeer.LinkAsync(agents.Url, "impostor"))
        {
            foreach ((string from, string[] route) in ((string, string[])[])[("x@b", ["impostor"]), ("x@b", ["b"]), ("x@a", ["a", "impostor"]), ("x", ["impostor"])])
            {
                await peer.SendAsync(new JsonObject
                {
                    ["type"] = "call", ["id"] = "1", ["from"] = from, ["to"] = "localcast@a", ["ttl"] = 10, ["route"] = new JsonArray([.. route.Select(agent => JsonValue.Create(agent))]),
                    ["data"] = new JsonObject { ["method"] = "info", ["args"] = new JsonArray() },
                });
            }

            await agents.LoggedAsync("refused_message", "impostor", "does not begin where it comes from");
            await agents.LoggedAsync("refused_message", "impostor", "comes back to where it began");
            await peer.SendAsync(new byte[] { 0, 0, 0, 2, 9, 9 }, WebSocketMessageType.Binary);
            Assert.Equal(LocalCastError.BadRequest, await peer.WhyGoodbyeAsync());
        }

        await agents.CountedAsync("refused_message", "impostor", atLeast: 4);
        await agents.CountedAsync("malformed", "impostor");
        await agents.AssertUndisturbedAsync();
    }

    private static JsonObject DocumentOf(string id, ulong boot, ulong seq, params (string Id, int Cost)[] neighbours) => new()
    {
        ["id"] = id,
        ["name"] = id,
        ["boot"] = boot.ToString(),
        ["seq"] = seq.ToString(),
        ["nodes"] = new JsonArray(),
        ["groups"] = new JsonArray(),
        ["neighbours"] = new JsonArray([.. neighbours.Select(neighbour => new JsonObject { ["id"] = neighbour.Id, ["cost"] = neighbour.Cost })]),
    };

    /// <summary>Waits until what was sent before has been taken in.</summary>
    private static async Task SyncAsync(RawPeer peer)
    {
        await peer.SendAsync(new JsonObject { ["type"] = "ping_request", ["data"] = new JsonObject { ["nonce"] = "4711" } });
        await peer.ReceiveAsync(MessageType.PingResponse);
    }
}
