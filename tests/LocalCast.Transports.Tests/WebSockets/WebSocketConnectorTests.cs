using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LocalCast.Protocol;
using LocalCast.Testing;
using LocalCast.Transports.Internal;
using LocalCast.Transports.Kestrel;
using Microsoft.AspNetCore.Hosting;

namespace LocalCast.Transports.Tests;

public sealed class WebSocketConnectorTests
{
    [Theory]
    [InlineData("localhost:46356")]
    [InlineData("http://localhost:46356")]
    [InlineData("ws://me@localhost:46356")]
    [InlineData("ws://")]
    public void Constructor_NoAddress_ThrowsBadRequest(string address) =>
        Assert.Equal(LocalCastError.BadRequest, Assert.Throws<LocalCastException>(() => new WebSocketConnector(address, "me", new(), TimeProvider.System)).Code);

    [Theory]
    [InlineData("ws://host:46356", "a b", "ws://host:46356/ws/p2p?node_id=a%20b")]
    [InlineData("ws://[::1]:46356/", "me", "ws://[::1]:46356/ws/p2p?node_id=me")]
    [InlineData("ws://host:46356/other?x=1", "me", "ws://host:46356/other?x=1&node_id=me")]
    [InlineData("wss://host", null, "wss://host/ws/p2p")]
    public void Parse_Address_GetsPathAndNodeId(string address, string? id, string expected) =>
        Assert.Equal(expected, WebSocketAddress.Parse(address, id).GetComponents(UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped));

    [Fact]
    public async Task ConnectAsync_NobodyListens_SaysSo()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string address = $"{listener.LocalEndpoint}";
        listener.Stop();

        Assert.Equal($"nobody listens at {address}", (await FailAsync(address)).Message);
    }

    /// <summary>Whoever left the port out is to see which one was dialled.</summary>
    [Fact]
    public void Explain_NoPortWritten_NamesTheOneThatWasDialled()
    {
        var uri = new Uri("ws://127.0.0.1/ws/p2p");

        Assert.Equal("nobody listens at 127.0.0.1:80", TcpDialler.Explain(uri, new SocketException((int)SocketError.ConnectionRefused)));
        Assert.Equal("[::1]:443 did not answer", TcpDialler.Explain(new Uri("wss://[::1]"), new SocketException((int)SocketError.TimedOut)));
    }

    [Fact]
    public async Task ConnectAsync_TlsToAPortWithoutIt_SaysWhatToDial()
    {
        TestWebServer server = await TestWebServer.StartAsync(new WebSocketTransportOptions());

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => new WebSocketConnector($"wss://{server.EndPoint}", "me", new(), TimeProvider.System).ConnectAsync(default).DefaultTimeout());

        Assert.Equal(LocalCastError.Disconnected, e.Code);
        Assert.StartsWith($"wss://{server.EndPoint} agrees on no TLS (", e.Message, StringComparison.Ordinal);
        Assert.EndsWith("where no proxy with TLS is in front of it, dial ws://", e.Message, StringComparison.Ordinal);
        await server.StopAsync();
    }

    [Fact]
    public async Task ConnectAsync_UnknownName_SaysSo() =>
        Assert.StartsWith("the name 'agent.invalid' is not found", (await FailAsync("agent.invalid:46356")).Message);

    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", LocalCastError.Forbidden, "it answered HTTP 403")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", LocalCastError.Disconnected, "it answered HTTP 302")]
    [InlineData("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: wrong\r\n\r\n", LocalCastError.Disconnected, "is not a WebSocket")]
    [InlineData("SSH-2.0-OpenSSH\r\n", LocalCastError.Disconnected, "is not a WebSocket")]
    [InlineData("", LocalCastError.Disconnected, "is not a WebSocket")]
    public async Task ConnectAsync_SomethingElseAnswers_SaysWhat(string answer, LocalCastError code, string said)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<LocalCastException> failing = FailAsync($"{listener.LocalEndpoint}");
        using TcpClient peer = await listener.AcceptTcpClientAsync().DefaultTimeout();
        await peer.GetStream().ReadAsync(new byte[4096]).DefaultTimeout();
        await peer.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer)).DefaultTimeout();
        peer.Client.Shutdown(SocketShutdown.Send);

        LocalCastException e = await failing.DefaultTimeout();

        Assert.Equal(code, e.Code);
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        listener.Stop();
    }

    [Fact]
    public async Task ConnectAsync_NoAnswer_EndsWithTheTime()
    {
        var time = new FakeTimeProvider();
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connector = new WebSocketConnector($"ws://{listener.LocalEndpoint}", "me", new(), time);
        Task connecting = connector.ConnectAsync(default).AsTask();
        using TcpClient peer = await listener.AcceptTcpClientAsync().DefaultTimeout();

        time.Advance(TimeSpan.FromSeconds(10));

        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => connecting.DefaultTimeout());
        Assert.Equal($"{connector.Address} did not answer within 10 s", e.Message);
        listener.Stop();
    }

    [Fact]
    public async Task ConnectAsync_GivenUp_ThrowsCancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task connecting = new WebSocketConnector($"ws://{listener.LocalEndpoint}", "me", new(), TimeProvider.System).ConnectAsync(cancellation.Token).AsTask();
        using TcpClient peer = await listener.AcceptTcpClientAsync().DefaultTimeout();

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.DefaultTimeout());
        listener.Stop();
    }

    [Theory]
    [InlineData("[::1]:0")]
    [InlineData("127.0.0.1:0")]
    public async Task ConnectAsync_BothCompress_CarriesBytes(string address)
    {
        var options = new WebSocketTransportOptions { IsCompressed = true };
        TestWebServer server = await TestWebServer.StartAsync(options, address: address);

        await AssertCarriesBytesAsync(server, server.Connector(options));
    }

    [Fact]
    public async Task ConnectAsync_WithCertificates_CarriesBytes()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=agent", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        TestWebServer server = await TestWebServer.StartAsync(serverOptions: new WebServerOptions { ConfigureAddress = address => address.UseHttps(certificate) });
        var options = new WebSocketTransportOptions
        {
            Tls = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString() },
        };

        await AssertCarriesBytesAsync(server, new WebSocketConnector($"wss://{server.EndPoint}", "me", options, TimeProvider.System));
    }

    private static async Task AssertCarriesBytesAsync(TestWebServer server, WebSocketConnector connector)
    {
        await using WebSocketConnection client = await connector.ConnectAsync(default).DefaultTimeout();
        await using WebSocketConnection accepted = await server.AcceptAsync();
        byte[] bytes = new byte[300_000];
        new Random(1).NextBytes(bytes.AsSpan(100_000));

        Task writing = Task.WhenAll(client.WriteAsync(bytes).AsTask(), accepted.WriteAsync(bytes).AsTask());

        Assert.Equal(bytes, await accepted.ReadAtLeastAsync(bytes.Length));
        Assert.Equal(bytes, await client.ReadAtLeastAsync(bytes.Length));
        await writing.DefaultTimeout();
        await client.DisposeAsync().DefaultTimeout();
        await accepted.DisposeAsync().DefaultTimeout();
        await server.StopAsync();
    }

    private static Task<LocalCastException> FailAsync(string authority) =>
        Assert.ThrowsAsync<LocalCastException>(() => new WebSocketConnector($"ws://{authority}", "me", new(), TimeProvider.System).ConnectAsync(default).DefaultTimeout());
}
