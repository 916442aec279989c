using System.Text.Json.Nodes;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A program that introduces itself as agents do and then speaks as Relay's nodes do: it calls, directly and over another agent, and is called.</summary>
public sealed class RelayPeerTests : MeshTest
{
    [Fact]
    public async Task RelayPeer_CallsAndIsCalled()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        LocalNode near = await JoinAsync("a", "counter_server", options => options.Handle("increment", (int by) => by + 1));
        await JoinAsync("b", "task_server", options => options.Handle("add_task", (string name, int priority) => $"{name} {priority}"));
        LocalNode far = await JoinClientAsync("b", "client");
        await WaitForMeshAsync("a", "b");
        await using RawPeer peer = await RawPeer.LinkAsync(AgentOf("a").Url, "relay");

        await CallAsync(peer, "1", "a", "counter_server", "increment", 5);
        Assert.Equal("""{"response_id":"1","node_id":"a","success":true,"result":6}""", await ResponseAsync(peer));
        await CallAsync(peer, "2", "b", "task_server", "add_task", "distributed_task", 1);
        Assert.Equal("""{"response_id":"2","node_id":"b","success":true,"result":"distributed_task 1"}""", await ResponseAsync(peer));
        await CallAsync(peer, "3", "a", "nobody", "increment", 5);
        JsonNode failure = JsonNode.Parse(await ResponseAsync(peer))!;
        Assert.False((bool)failure["success"]!);
        Assert.Contains("nobody", (string)failure["error"]!);

        // Its neighbour calls it by its id; agents further away have to know of it, as of every other.
        await AssertIsCalledByAsync(near, peer);
        await peer.AnnounceAsync(new JsonObject
        {
            ["id"] = peer.Id, ["name"] = peer.Id, ["boot"] = peer.Boot.ToString(), ["seq"] = "1",
            ["nodes"] = new JsonArray(new JsonObject { ["name"] = "greeter", ["state"] = "Ready" }),
            ["neighbours"] = new JsonArray(new JsonObject { ["id"] = "a", ["cost"] = 100 }),
        });
        await WaitForWayAsync("b", "greeter", "a", "relay");
        await AssertIsCalledByAsync(far, peer);
    }

    private static async Task AssertIsCalledByAsync(LocalNode caller, RawPeer peer)
    {
        Task<string> answer = caller.CallAsync<string>("greeter@relay", "greet", ["you"]).AsTask().DefaultTimeout();
        Envelope call = await peer.ReceiveAsync("server_call").DefaultTimeout();
        JsonNode data = JsonNode.Parse(call.Payload.Span)!;
        Assert.Equal(("greeter", "greet"), ((string?)data["call"]!["server_name"], (string?)data["call"]!["method"]));
        await SayAsync(peer, "server_response", call.From!, new JsonObject
        {
            ["response_id"] = (string?)data["response_id"], ["node_id"] = "relay", ["success"] = true, ["result"] = $"hello {data["call"]!["args"]![0]}",
        });
        Assert.Equal("hello you", await answer);
    }

    private static Task CallAsync(RawPeer peer, string id, string agent, string server, string method, params JsonNode[] arguments) => SayAsync(peer, "server_call", agent, new JsonObject
    {
        ["call"] = new JsonObject { ["server_name"] = server, ["method"] = method, ["args"] = new JsonArray(arguments), ["timeout"] = 20 },
        ["response_id"] = id,
    });

    /// <summary>As Relay's nodes write it.</summary>
    private static Task SayAsync(RawPeer peer, string type, string to, JsonObject data) => peer.SendAsync(new JsonObject
    {
        ["type"] = type, ["id"] = "1767323045678901234", ["from"] = peer.Id, ["to"] = to, ["data"] = data,
        ["timestamp"] = "2026-01-02T03:04:05.678901234Z", ["route"] = new JsonArray(peer.Id), ["ttl"] = 9,
    });

    private static async Task<string> ResponseAsync(RawPeer peer) => JsonNode.Parse((await peer.ReceiveAsync("server_response").DefaultTimeout()).Payload.Span)!.ToJsonString();
}
