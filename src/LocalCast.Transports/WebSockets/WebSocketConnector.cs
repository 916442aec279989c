using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using LocalCast.Protocol;
using LocalCast.Transports.Internal;

namespace LocalCast.Transports;

/// <summary>Connects to a WebSocket at an agent's address: <c>ws://host:port</c>, to which the path of links is added when it has none.</summary>
public sealed class WebSocketConnector : IByteConnector
{
    private readonly Uri _uri;
    private readonly WebSocketTransportOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Prepares connecting as the agent <paramref name="nodeId"/>.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.BadRequest"/> for what is no address of a WebSocket.</exception>
    public WebSocketConnector(string address, string? nodeId, WebSocketTransportOptions options, TimeProvider time)
    {
        _uri = WebSocketAddress.Parse(address, nodeId);
        (_options, _time, Address) = (options, time, address);
    }

    /// <inheritdoc/>
    public string Address { get; }

    async ValueTask<IByteConnection> IByteConnector.ConnectAsync(CancellationToken cancellationToken) => await ConnectAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="IByteConnector.ConnectAsync"/>
    public async ValueTask<WebSocketConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Socket? socket = null;
        ClientWebSocket? webSocket = null;
        try
        {
            socket = await new TcpDialler(_options.ConnectTimeout, _time).ConnectAsync(_uri, limit.Token).ConfigureAwait(false);
            string remote = $"{socket.RemoteEndPoint}";
            webSocket = await UpgradeAsync(socket, limit.Token).ConfigureAwait(false);
            return new WebSocketConnection(webSocket, remote, _options, _time);
        }
        catch (Exception e) when (e is not LocalCastException)
        {
            webSocket?.Dispose();
            socket?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw timeout.IsCancellationRequested
                ? new LocalCastException(LocalCastError.Disconnected, $"{Address} did not answer within {_options.ConnectTimeout.TotalSeconds} s", e)
                : new LocalCastException(LocalCastError.Disconnected, $"connecting to {Address} failed: {e.Message}", e);
        }
    }

    private async Task<ClientWebSocket> UpgradeAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new SocketStream(socket)),
        };
        if (_options.Tls is { } tls)
        {
            handler.SslOptions = tls;
        }

        using var invoker = new HttpMessageInvoker(handler);
        var webSocket = new ClientWebSocket();
        webSocket.Options.KeepAliveInterval = TimeSpan.Zero; // who uses the connection has a keep-alive of its own
        webSocket.Options.CollectHttpResponseDetails = true;
        webSocket.Options.DangerousDeflateOptions = _options.IsCompressed ? new WebSocketDeflateOptions() : null;
        try
        {
            await webSocket.ConnectAsync(_uri, invoker, cancellationToken).ConfigureAwait(false);
            webSocket.HttpResponseHeaders = null; // it would hold as many of them as the other side liked to send
            return webSocket;
        }
        catch (WebSocketException e)
        {
            HttpStatusCode answered = webSocket.HttpStatusCode;
            webSocket.Dispose();
            socket.Dispose();
            throw NotAWebSocket(answered, e);
        }
        catch
        {
            webSocket.Dispose();
            throw;
        }
    }

    private LocalCastException NotAWebSocket(HttpStatusCode answered, WebSocketException e) => answered switch
    {
        0 when e.GetBaseException() is AuthenticationException tls =>
            new LocalCastException(LocalCastError.Disconnected, $"{Address} agrees on no TLS ({tls.Message.TrimEnd('.')}); the port of an agent speaks none: where no proxy with TLS is in front of it, dial ws://", e),
        0 => new LocalCastException(LocalCastError.Disconnected, $"{Address} is not a WebSocket: {e.GetBaseException().Message}", e),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            new LocalCastException(LocalCastError.Forbidden, $"{Address} does not let us in: it answered HTTP {(int)answered}", e),
        _ => new LocalCastException(LocalCastError.Disconnected, $"{Address} is not a WebSocket: it answered HTTP {(int)answered}", e),
    };
}
