using System.Net;
using System.Net.Sockets;
using System.Text;
using LocalCast.Testing;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Transports.Tests;

/// <summary>A server on a free port of the loopback with one path for links. As a listener it takes the server along.</summary>
internal sealed class TestWebServer : IByteListener
{
    private readonly WebSocketListener _listener;

    private TestWebServer(WebServer server, WebSocketListener listener) => (Server, _listener) = (server, listener);

    public WebServer Server { get; }

    public IPEndPoint EndPoint => Server.Addresses[0];

    public string Address => $"ws://{EndPoint}";

    public static async Task<TestWebServer> StartAsync(WebSocketTransportOptions? options = null, WebServerOptions? serverOptions = null, string address = "127.0.0.1:0")
    {
        var listener = new WebSocketListener(WebSocketAddress.LinkPath, options ?? new(), TimeProvider.System);
        WebServer server = await WebServer.StartAsync([address], [listener.Endpoint], serverOptions ?? new(), NullLoggerFactory.Instance, default).DefaultTimeout();
        return new TestWebServer(server, listener);
    }

    public WebSocketConnector Connector(WebSocketTransportOptions? options = null) => new(Address, "tester", options ?? new(), TimeProvider.System);

    async ValueTask<IByteConnection?> IByteListener.AcceptAsync(CancellationToken cancellationToken) => await _listener.AcceptAsync(cancellationToken);

    public Task<WebSocketConnection> AcceptAsync() => _listener.AcceptAsync(default).DefaultTimeout()!;

    /// <summary>Ends accepting only: what was accepted has to live on.</summary>
    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    public async Task StopAsync()
    {
        await _listener.DisposeAsync().DefaultTimeout();
        await Server.DisposeAsync().DefaultTimeout();
    }

    /// <summary>A connection from an address of this machine that says nothing by itself.</summary>
    public async Task<TcpClient> ConnectAsync(string from = "127.0.0.1")
    {
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        await client.ConnectAsync(EndPoint).DefaultTimeout();
        return client;
    }

    /// <summary>What comes until the connection ends, however it does.</summary>
    public static async Task<string> ReadToEndAsync(TcpClient client)
    {
        try
        {
            using var reader = new StreamReader(client.GetStream(), Encoding.Latin1, leaveOpen: true);
            return await reader.ReadToEndAsync().DefaultTimeout();
        }
        catch (IOException)
        {
            return ""; // reset
        }
    }

    public async Task UntilAsync(Func<bool> isSo, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30), what);
            await Task.Delay(10);
        }
    }
}
