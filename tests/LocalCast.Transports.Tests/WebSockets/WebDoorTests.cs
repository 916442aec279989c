using System.Net.Sockets;
using System.Text;
using LocalCast.Testing;
using LocalCast.Transports.Kestrel;

namespace LocalCast.Transports.Tests;

/// <summary>Connections that never become a WebSocket: they are bounded, and keep nobody else out.</summary>
public sealed class WebDoorTests
{
    private static readonly TimeSpan _never = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Connections_ThatNeverAsk_AreClosedInTime()
    {
        TestWebServer server = await TestWebServer.StartAsync(serverOptions: new WebServerOptions { MaxConnections = 20, RequestTimeout = TimeSpan.FromSeconds(1) });
        TcpClient[] silent = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.ConnectAsync()));

        Assert.All(await Task.WhenAll(silent.Select(TestWebServer.ReadToEndAsync)), text => Assert.Equal("", text));

        await AssertServesAsync(server);
        Assert.All(silent, tcp => tcp.Dispose());
        await AssertEmptyAsync(server);
        await server.StopAsync();
    }

    [Fact]
    public async Task Connections_OneMoreThanThereIsRoomFor_IsToldSo()
    {
        TestWebServer server = await TestWebServer.StartAsync(serverOptions: new WebServerOptions { MaxConnections = 5, RequestTimeout = _never, Moment = _never });
        TcpClient[] silent = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => server.ConnectAsync()));
        await server.UntilAsync(() => server.Server.Newcomers == 5, "they are not in");

        using TcpClient next = await server.ConnectAsync();
        await next.GetStream().WriteAsync("GET /ws/p2p HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray()).DefaultTimeout();
        string answer = await TestWebServer.ReadToEndAsync(next);

        Assert.StartsWith("HTTP/1.1 503 ", answer);
        Assert.EndsWith("\r\n\r\nthis LocalCast agent has as many connections as it may that are no link yet\n", answer);
        Assert.Equal(1, server.Server.RefusedConnections);
        Assert.All(silent, tcp => tcp.Dispose());
        await AssertEmptyAsync(server);
        await server.StopAsync();
    }

    [Fact]
    public async Task Connections_AllPlacesTakenFromOneAddress_AnotherIsServedAtOnce()
    {
        TestWebServer server = await TestWebServer.StartAsync(serverOptions: new WebServerOptions { RequestTimeout = _never, Moment = _never });
        TcpClient?[] silent = await Task.WhenAll(Enumerable.Range(0, 150).Select(_ => TryConnectAsync(server, "127.0.0.2")));
        await server.UntilAsync(() => server.Server.Newcomers == 100 && server.Server.RefusedConnections == 50, "the places are not taken");

        await AssertServesAsync(server); // from 127.0.0.1

        Assert.Equal(1, server.Server.EvictedConnections);
        Assert.All(silent, tcp => tcp?.Dispose());
        await AssertEmptyAsync(server);
        await server.StopAsync();
    }

    [Fact]
    public async Task Connections_RequestsThatNeverEnd_MakeRoomForTheNextFromTheirAddress()
    {
        TestWebServer server = await TestWebServer.StartAsync(serverOptions: new WebServerOptions { MaxConnections = 10, RequestTimeout = _never, Moment = TimeSpan.Zero });
        TcpClient[] slow = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => server.ConnectAsync()));
        foreach (TcpClient client in slow)
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /ws/p2p HTTP/1.1\r\nHost: a\r\nConn")).DefaultTimeout();
        }

        await server.UntilAsync(() => server.Server.Newcomers == 10, "they are not in");
        await AssertServesAsync(server);

        Assert.Equal(1, server.Server.EvictedConnections);
        Assert.All(slow, tcp => tcp.Dispose());
        await AssertEmptyAsync(server);
        await server.StopAsync();
    }

    [Fact]
    public async Task Connections_ThatBecameWebSockets_TakeNoPlace()
    {
        TestWebServer server = await TestWebServer.StartAsync(serverOptions: new WebServerOptions { MaxConnections = 1, Moment = _never });
        List<WebSocketConnection> all = [];
        for (int i = 0; i < 5; i++)
        {
            all.Add(await server.Connector().ConnectAsync(default).DefaultTimeout());
            all.Add(await server.AcceptAsync());
            await AssertEmptyAsync(server);
        }

        Assert.Equal(0, server.Server.RefusedConnections + server.Server.EvictedConnections);
        foreach (WebSocketConnection connection in all)
        {
            connection.Abort();
            await connection.DisposeAsync().DefaultTimeout();
        }

        await server.StopAsync();
    }

    /// <summary>Whoever is refused may be cut before it knows that it was connected.</summary>
    private static async Task<TcpClient?> TryConnectAsync(TestWebServer server, string from)
    {
        try
        {
            return await server.ConnectAsync(from);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static Task AssertEmptyAsync(TestWebServer server) => server.UntilAsync(() => server.Server.Newcomers == 0, "places stay taken");

    private static async Task AssertServesAsync(TestWebServer server)
    {
        await using WebSocketConnection client = await server.Connector().ConnectAsync(default).DefaultTimeout();
        await using WebSocketConnection accepted = await server.AcceptAsync();
        await client.WriteAsync(new byte[] { 1 }).DefaultTimeout();
        Assert.Equal([1], await accepted.ReadAtLeastAsync(1));
    }
}
