using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Peers whose WebSocket frames no library would write: what is allowed is understood, what is not ends their link and no other.</summary>
public sealed class BadFramesTests(GoodAgents agents) : IClassFixture<GoodAgents>
{
    [Theory]
    [InlineData(RawWebSocket.Text)]
    [InlineData(RawWebSocket.Binary)]
    public async Task EveryByteAFragment_WithControlFramesInBetween_IsALinkAsGoodAsAnyOther(int opcode)
    {
        await using (RawWebSocket peer = await ConnectAsync())
        {
            await SendInPiecesAsync(peer, opcode, Hello());
            Assert.Equal("a", (string?)(await ReceiveAsync(peer, opcode, "hello_ack"))["data"]!["id"]);
            await SendInPiecesAsync(peer, opcode, new JsonObject
            {
                ["type"] = "call", ["id"] = $"call-{opcode}", ["from"] = "x@raw", ["to"] = "worker@b", ["ttl"] = 10, ["route"] = new JsonArray("raw"),
                ["data"] = new JsonObject { ["method"] = "where", ["args"] = new JsonArray() },
            });
            JsonObject result = await ReceiveAsync(peer, opcode, "result");
            Assert.Equal(($"call-{opcode}", "b"), ((string?)result["reply_to"], (string?)result["data"]!["result"]));
        }

        await agents.AssertUndisturbedAsync();
    }

    public static TheoryData<string, byte[]> BrokenFrames => new()
    {
        { "reserved opcode", RawWebSocket.Frame(3, []) },
        { "not masked", RawWebSocket.Frame(RawWebSocket.Text, "{\"type\":\"goodbye\"}"u8, isMasked: false) },
        { "fragmented control frame", RawWebSocket.Frame(RawWebSocket.Ping, "x"u8, isLast: false) },
        { "control frame above 125 bytes", RawWebSocket.Frame(RawWebSocket.Ping, new byte[126]) },
        { "continuation of nothing", RawWebSocket.Frame(RawWebSocket.Continuation, "{}"u8) },
        { "message within a message", [.. RawWebSocket.Frame(RawWebSocket.Text, "{"u8, isLast: false), .. RawWebSocket.Frame(RawWebSocket.Text, "}"u8)] },
        { "frame of 2^63 bytes", [0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4] },
    };

    [Theory]
    [MemberData(nameof(BrokenFrames))]
    public async Task FrameThatBreaksTheRules_EndsTheLinkWithTheStatusForThat(string what, byte[] frame)
    {
        await using (RawWebSocket peer = await ConnectAsync())
        {
            await SendInPiecesAsync(peer, RawWebSocket.Text, Hello());
            await ReceiveAsync(peer, RawWebSocket.Text, "hello_ack");
            await peer.SendAsync(frame);

            int status = (await peer.ReadCloseAsync()).Status;
            Assert.True(status == 1002, $"{what}: {status}");
        }

        await agents.LoggedAsync("link_ended", "raw", "breaks the rules of WebSockets");
        await agents.AssertUndisturbedAsync();
    }

    private Task<RawWebSocket> ConnectAsync() => RawWebSocket.ConnectAsync(IPEndPoint.Parse(new Uri(agents.Url).Authority));

    private static JsonObject Hello() => RawPeer.HelloOf("raw", boot: (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Each byte a fragment of its own, in between a ping and a pong that nobody asked for; all of it byte by byte.</summary>
    private static async Task SendInPiecesAsync(RawWebSocket peer, int opcode, JsonObject message)
    {
        byte[] json = Encoding.UTF8.GetBytes(message.ToJsonString());
        byte[] bytes = opcode == RawWebSocket.Text ? json : [0, 0, (byte)(json.Length >> 8), (byte)json.Length, .. json];
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i > 0)
            {
                await peer.SendAsync([.. RawWebSocket.Frame(RawWebSocket.Ping, [(byte)i]), .. RawWebSocket.Frame(RawWebSocket.Pong, "unasked"u8)]);
            }

            await peer.SendByteByByteAsync(RawWebSocket.Frame(i == 0 ? opcode : RawWebSocket.Continuation, bytes.AsSpan(i, 1), isLast: i == bytes.Length - 1));
        }

        for (int i = 1; i < bytes.Length; i++)
        {
            Assert.Equal([(byte)i], await ReceiveFrameAsync(peer, RawWebSocket.Pong));
        }
    }

    /// <summary>Waits for the next message of a type; others are passed over.</summary>
    private static async Task<JsonObject> ReceiveAsync(RawWebSocket peer, int opcode, string type)
    {
        while (true)
        {
            byte[] bytes = await ReceiveFrameAsync(peer, opcode);
            if (Split(bytes, opcode).Select(body => JsonNode.Parse(body)!.AsObject()).FirstOrDefault(message => (string?)message["type"] == type) is { } found)
            {
                return found;
            }
        }
    }

    private static List<byte[]> Split(byte[] bytes, int opcode)
    {
        if (opcode == RawWebSocket.Text)
        {
            return [bytes];
        }

        List<byte[]> bodies = [];
        for (int at = 0; at < bytes.Length; at += 4 + bodies[^1].Length)
        {
            bodies.Add(bytes.AsSpan(at + 4, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at))).ToArray());
        }

        return bodies;
    }

    private static async Task<byte[]> ReceiveFrameAsync(RawWebSocket peer, int opcode)
    {
        while (true)
        {
            (int came, _, byte[] payload) = await peer.ReadFrameAsync();
            Assert.NotEqual(RawWebSocket.Close, came);
            if (came == opcode)
            {
                return payload;
            }
        }
    }
}
