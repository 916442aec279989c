using System.Net;
using System.Net.Sockets;
using System.Text;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Crowds that connect from one address and say nothing: they keep themselves out, and nobody else.</summary>
public sealed class SilentCrowdTests(GoodAgents agents) : IClassFixture<GoodAgents>
{
    private const int Many = 130; // more than there are places

    [Fact]
    public async Task SilentConnections_FromOneAddress_DoNotKeepAnotherOut()
    {
        for (int round = 0; round < 2; round++)
        {
            Socket?[] crowd = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => TryDialAsync()));

            await AssertLinksAtOnceAsync($"honest-{round}");

            Assert.All(crowd, socket => socket?.Dispose());
        }

        Assert.NotEqual(0, await agents.CountAsync("connection_evicted") + await agents.CountAsync("connection_refused"));
        await agents.AssertUndisturbedAsync();
    }

    [Fact]
    public async Task SilentWebSockets_FromOneAddress_DoNotKeepAnotherOut()
    {
        for (int round = 0; round < 2; round++)
        {
            Socket?[] crowd = await Task.WhenAll(Enumerable.Range(0, Many).Select(number => TryUpgradeAsync($"silent-{round}-{number}")));

            await AssertLinksAtOnceAsync($"polite-{round}");

            Assert.All(crowd, socket => socket?.Dispose());
        }

        Assert.NotEqual(0, await agents.CountAsync("newcomer_evicted"));
        await agents.AssertUndisturbedAsync(); // none of them is left among the peers
    }

    /// <summary>From 127.0.0.1, without a second attempt.</summary>
    private async Task AssertLinksAtOnceAsync(string id)
    {
        await using RawPeer honest = await RawPeer.LinkAsync(agents.Url, id);
        await agents.NextAnswersAsync();
    }

    /// <summary>Whoever is refused may be cut at any moment.</summary>
    private async Task<Socket?> TryDialAsync()
    {
        var uri = new Uri(agents.Url);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, uri.Port)).DefaultTimeout();
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    private async Task<Socket?> TryUpgradeAsync(string id)
    {
        if (await TryDialAsync() is not { } socket)
        {
            return null;
        }

        try
        {
            string request = $"GET /ws/p2p?node_id={id} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(request)).DefaultTimeout();
            await socket.ReceiveAsync(new byte[1024]).DefaultTimeout();
        }
        catch (SocketException)
        {
            // It was refused.
        }

        return socket;
    }
}
