using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Peers that introduce themselves badly, or are none: told why, noted, and no burden to anybody.</summary>
public sealed class BadHelloTests(GoodAgents agents) : IClassFixture<GoodAgents>
{
    public static TheoryData<string, LocalCastError> Hellos => new()
    {
        { "network", LocalCastError.NetworkMismatch },
        { "version", LocalCastError.VersionMismatch },
        { "clock", LocalCastError.ClockSkew },
        { "no-clock", LocalCastError.ClockSkew },
        { "other-id", LocalCastError.Unauthorized },
        { "no-id", LocalCastError.BadRequest },
        { "no-versions", LocalCastError.BadRequest },
        { "first-frame", LocalCastError.BadRequest },
        { "too-large", LocalCastError.TooLarge },
    };

    [Theory]
    [MemberData(nameof(Hellos))]
    public async Task WrongHello_IsToldWhy(string what, LocalCastError expected)
    {
        await using RawPeer peer = await RawPeer.ConnectAsync(agents.Url, "bad-" + what);
        JsonObject hello = peer.Hello();
        JsonNode data = hello["data"]!;
        switch (what)
        {
            case "network":
                data["network"] = "other";
                break;
            case "version":
                data["protocol"] = new JsonArray(98, 99);
                break;
            case "clock":
                data["time"] = TimeProvider.System.GetUtcNow().AddHours(-1).ToString("o");
                break;
            case "no-clock":
                data["time"] = null;
                break;
            case "other-id":
                data["id"] = "somebody-else";
                break;
            case "no-id":
                ((JsonObject)data).Remove("id");
                break;
            case "no-versions":
                data["protocol"] = new JsonArray();
                break;
            case "first-frame":
                hello["type"] = "state_seq";
                break;
            default:
                data["software"] = new string('x', 20_000);
                break;
        }

        await peer.SendAsync(hello);

        Assert.Equal(expected, await peer.WhyGoodbyeAsync());
        await peer.Ended.DefaultTimeout();
        await agents.LoggedAsync("link_refused", expected.ToString());
        await agents.CountedAsync("link_refused", peer.Id);
        await agents.AssertUndisturbedAsync();
    }

    [Theory]
    [InlineData("a")] // the id of the agent that is dialled
    [InlineData("b")] // the id of a living neighbour
    public async Task IdOfAnother_IsRefused(string id)
    {
        await using RawPeer peer = await RawPeer.ConnectAsync(agents.Url, id);
        await peer.SendAsync(peer.Hello());

        Assert.Equal(LocalCastError.DuplicateNode, await peer.WhyGoodbyeAsync());
        await peer.Ended.DefaultTimeout();
        await agents.CountedAsync("link_refused", id);
        await agents.AssertUndisturbedAsync();
    }

    [Fact]
    public async Task GarbageInBinary_IsToldWhy()
    {
        byte[][] garbage = [[0, 0, 0, 5, 0xFF, 1, 2, 3, 4], [0x80, 0, 0, 0, 1], [0x7F, 0, 0, 0, 1], [0, 0, 0, 3, (byte)'{', (byte)'"', (byte)'x']];
        for (int i = 0; i < garbage.Length; i++)
        {
            await using RawPeer peer = await RawPeer.ConnectAsync(agents.Url, $"garbage-{i}");
            await peer.SendAsync(garbage[i], WebSocketMessageType.Binary);

            Assert.Contains(await peer.WhyGoodbyeAsync(), (LocalCastError[])[LocalCastError.BadRequest, LocalCastError.TooLarge]);
            await peer.Ended.DefaultTimeout();
            await agents.LoggedAsync("malformed", peer.Id);
            await agents.CountedAsync("malformed", peer.Id);
        }

        await agents.AssertUndisturbedAsync();
    }

    [Fact]
    public async Task TextThatIsNotUtf8_IsClosedWithTheStatusForThat()
    {
        await using RawPeer peer = await RawPeer.ConnectAsync(agents.Url, "no-utf8");
        await peer.SendAsync(new byte[] { (byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)'}' }, WebSocketMessageType.Text);

        await peer.Ended.DefaultTimeout();
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, peer.CloseStatus);
        await agents.CountedAsync("link_unfinished", peer.Id);
        await agents.AssertUndisturbedAsync();
    }

    [Fact]
    public async Task HelloInFragmentsOfOneByte_IsAsGoodAsAnyOther()
    {
        await using (RawPeer peer = await RawPeer.ConnectAsync(agents.Url, "in-pieces"))
        {
            byte[] hello = Encoding.UTF8.GetBytes(peer.Hello().ToJsonString());
            for (int i = 0; i < hello.Length; i++)
            {
                await peer.SendAsync(hello.AsMemory(i, 1), WebSocketMessageType.Text, isEnd: i == hello.Length - 1);
            }

            await peer.ReceiveAsync(MessageType.HelloAck);
        }

        await agents.AssertUndisturbedAsync();
    }

    [Fact]
    public async Task PlainHttp_IsToldThatAWebSocketIsExpected()
    {
        long before = await agents.CountAsync("request_refused");
        var address = new Uri(agents.Url.Replace("ws://", "http://", StringComparison.Ordinal));
        using var http = new HttpClient();
        using HttpResponseMessage plain = await http.GetAsync(new Uri(address, "/ws/p2p?node_id=browser")).DefaultTimeout();
        Assert.InRange((int)plain.StatusCode, 400, 499);
        Assert.NotEmpty(await plain.Content.ReadAsStringAsync().DefaultTimeout());
        using HttpResponseMessage elsewhere = await http.GetAsync(new Uri(address, "/nothing/here")).DefaultTimeout();
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        await agents.UntilAsync(async () => await agents.CountAsync("request_refused") == before + 2, "refused requests are not counted");

        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(address.Host, address.Port).DefaultTimeout();
        await socket.SendAsync(new byte[] { 0, 0, 0, 9, 1, 2, 3, (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n' }).DefaultTimeout();
        byte[] answer = new byte[256];
        int size = await socket.ReceiveAsync(answer).DefaultTimeout();
        Assert.StartsWith("HTTP/1.1 400", Encoding.ASCII.GetString(answer, 0, size));
        await agents.AssertUndisturbedAsync();
    }
}
