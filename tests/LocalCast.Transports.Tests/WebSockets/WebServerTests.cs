using System.Net;
using System.Net.Sockets;
using System.Text;
using LocalCast.Protocol;
using LocalCast.Testing;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Transports.Tests;

public sealed class WebServerTests
{
    private const string Expected = "this is the port of a LocalCast agent, which expects a WebSocket at /ws/p2p\n";

    [Fact]
    public async Task Request_ThatIsNoWebSocket_IsToldWhatIsExpected()
    {
        TestWebServer server = await TestWebServer.StartAsync();
        using var client = new HttpClient();

        using HttpResponseMessage answer = await client.GetAsync($"http://{server.EndPoint}/ws/p2p").DefaultTimeout();

        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        Assert.Equal(Expected, await answer.Content.ReadAsStringAsync().DefaultTimeout());
        await server.StopAsync();
    }

    [Fact]
    public async Task Request_OfAnotherPath_IsToldWhichThereAre()
    {
        TestWebServer server = await TestWebServer.StartAsync();
        using var client = new HttpClient();

        using HttpResponseMessage answer = await client.GetAsync($"http://{server.EndPoint}/favicon.ico").DefaultTimeout();

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("this is the port of a LocalCast agent, which has /ws/p2p\n", await answer.Content.ReadAsStringAsync().DefaultTimeout());
        await server.StopAsync();
    }

    [Theory]
    [InlineData("\0\0\0\u0002{}", "HTTP/1.1 400 ")]
    [InlineData("GET /ws/p2p HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 12\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", "HTTP/1.1 426 ")]
    [InlineData("GET /ws/p2p HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n", "HTTP/1.1 426 ")]
    [InlineData("GET /ws/p2p HTTP/1.1\r\nHost: a\r\nConn", "HTTP/1.1 408 ")] // and nothing more
    public async Task Request_ThatMakesNoSense_IsAnsweredAndClosed(string request, string answer)
    {
        TestWebServer server = await TestWebServer.StartAsync(serverOptions: new WebServerOptions { RequestTimeout = TimeSpan.FromSeconds(1) });
        using TcpClient client = await ConnectAsync(server);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request)).DefaultTimeout();

        Assert.StartsWith(answer, await ReadToEndAsync(client));
        await server.StopAsync();
    }

    [Fact]
    public async Task WebSockets_OneMoreThanAllowed_IsAnswered503()
    {
        TestWebServer server = await TestWebServer.StartAsync(serverOptions: new WebServerOptions { MaxWebSockets = 1 });
        await using WebSocketConnection client = await server.Connector().ConnectAsync(default).DefaultTimeout();
        await using WebSocketConnection accepted = await server.AcceptAsync();

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => server.Connector().ConnectAsync(default).DefaultTimeout());

        Assert.EndsWith("it answered HTTP 503", e.Message);
        await client.WriteAsync(new byte[] { 1 }).DefaultTimeout();
        Assert.Equal([1], await accepted.ReadAtLeastAsync(1));
        await server.StopAsync();
    }

    [Fact]
    public async Task StopAsync_WebSocketsThatStay_AreCutAtTheDeadline()
    {
        TestWebServer server = await TestWebServer.StartAsync();
        await using WebSocketConnection client = await server.Connector().ConnectAsync(default).DefaultTimeout();
        await using WebSocketConnection accepted = await server.AcceptAsync();
        Task<long> reading = client.ReadToEndAsync();

        Task stopping = server.Server.StopAsync(TimeSpan.FromMilliseconds(100));

        await reading.DefaultTimeout();
        await accepted.ReadToEndAsync().DefaultTimeout();
        await accepted.DisposeAsync().DefaultTimeout();
        await stopping.DefaultTimeout();
    }

    [Fact]
    public async Task StartAsync_SeveralAddresses_ListensAtEach()
    {
        await using WebServer server = await StartAsync("127.0.0.1:0", "127.0.0.2:0", "[::1]:0");

        Assert.Equal(["127.0.0.1", "127.0.0.2", "::1"], server.Addresses.Select(address => $"{address.Address}"));
        Assert.All(server.Addresses, address => Assert.NotEqual(0, address.Port));
        foreach (IPEndPoint address in server.Addresses)
        {
            LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => new WebSocketConnector($"ws://{address}", null, new(), TimeProvider.System).ConnectAsync(default).DefaultTimeout());
            Assert.EndsWith("it answered HTTP 404", e.Message);
        }
    }

    [Fact]
    public async Task StartAsync_AddressInUse_ThrowsDuplicateName()
    {
        await using WebServer first = await StartAsync("127.0.0.1:0");

        Assert.Equal(LocalCastError.DuplicateName, (await Assert.ThrowsAsync<LocalCastException>(() => StartAsync($"{first.Addresses[0]}"))).Code);
    }

    [Theory]
    [InlineData("46356")]
    [InlineData(":46356")]
    [InlineData("::1:46356")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("192.0.2.1:46356")] // nobody's
    public async Task StartAsync_NoAddressOfThisMachine_ThrowsBadRequest(string address) =>
        Assert.Equal(LocalCastError.BadRequest, (await Assert.ThrowsAsync<LocalCastException>(() => StartAsync(address))).Code);

    private static Task<WebServer> StartAsync(params string[] addresses) =>
        WebServer.StartAsync(addresses, [], new WebServerOptions(), NullLoggerFactory.Instance, default).DefaultTimeout();

    private static Task<TcpClient> ConnectAsync(TestWebServer server) => server.ConnectAsync();

    private static Task<string> ReadToEndAsync(TcpClient client) => TestWebServer.ReadToEndAsync(client);
}
