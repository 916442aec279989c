using System.Net.WebSockets;
using System.Threading.Channels;
using LocalCast.Transports.Kestrel.Internal;
using Microsoft.AspNetCore.Http;

namespace LocalCast.Transports.Kestrel;

/// <summary>Accepts WebSockets at one path of a <see cref="WebServer"/>, which is to be given its <see cref="Endpoint"/>.</summary>
public sealed class WebSocketListener : IByteListener
{
    /// <summary>How many may wait to be accepted.</summary>
    private const int Backlog = 128;

    private readonly Channel<WebSocketConnection> _accepted = Channel.CreateBounded<WebSocketConnection>(Backlog);
    private readonly WebSocketTransportOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<string?, string?> _whyNot;

    /// <summary>Prepares accepting at a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="options">How its WebSockets are.</param>
    /// <param name="time">The time.</param>
    /// <param name="whyNot">Says what is wrong with a <c>node_id</c>, in words that follow it; such a request is answered 400. Without it every one is taken, and so is none.</param>
    public WebSocketListener(string path, WebSocketTransportOptions options, TimeProvider time, Func<string?, string?>? whyNot = null)
    {
        (_options, _time, _whyNot) = (options, time, whyNot ?? (_ => null));
        Endpoint = new WebEndpoint(path, AnswerAsync);
    }

    /// <summary>What answers at the path.</summary>
    public WebEndpoint Endpoint { get; }

    /// <inheritdoc/>
    public string Address => Endpoint.Path;

    async ValueTask<IByteConnection?> IByteListener.AcceptAsync(CancellationToken cancellationToken) => await AcceptAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc cref="IByteListener.AcceptAsync"/>
    public async ValueTask<WebSocketConnection?> AcceptAsync(CancellationToken cancellationToken) =>
        await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && _accepted.Reader.TryRead(out WebSocketConnection? connection)
            ? connection
            : null;

    /// <summary>Accepts nothing more; whoever comes is answered 503. What was accepted lives on.</summary>
    public async ValueTask DisposeAsync()
    {
        _accepted.Writer.TryComplete();
        List<Task> ending = [];
        while (_accepted.Reader.TryRead(out WebSocketConnection? never))
        {
            ending.Add(never.DisposeAsync().AsTask()); // at once: each may take as long as its peer is waited for
        }

        await Task.WhenAll(ending).ConfigureAwait(false);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            context.Response.Headers.SecWebSocketVersion = "13";
            await WebAnswer.WriteAsync(context, StatusCodes.Status426UpgradeRequired, $"this is the port of a LocalCast agent, which expects a WebSocket at {Endpoint.Path}").ConfigureAwait(false);
            return;
        }

        if (context.Request.Headers.Origin.Count > 0)
        {
            // Only browsers send it: a page that somebody looks at on this machine would be a peer.
            await WebAnswer.WriteAsync(context, StatusCodes.Status403Forbidden, "this is the port of a LocalCast agent for other agents; a web page is none").ConfigureAwait(false);
            return;
        }

        Microsoft.Extensions.Primitives.StringValues ids = context.Request.Query[WebSocketAddress.NodeIdParameter];
        if (ids.Count > 1 || _whyNot(ids) is not null)
        {
            string why = ids.Count > 1 ? $"is there {ids.Count} times" : _whyNot(ids)!;
            await WebAnswer.WriteAsync(context, StatusCodes.Status400BadRequest, $"the parameter {WebSocketAddress.NodeIdParameter} {why}").ConfigureAwait(false);
            return;
        }

        if (_accepted.Reader.Completion.IsCompleted || _accepted.Reader.Count >= Backlog)
        {
            await WebAnswer.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "this LocalCast agent takes no more connections now").ConfigureAwait(false);
            return;
        }

        WebSocket? socket = await TryUpgradeAsync(context).ConfigureAwait(false);
        if (socket is null)
        {
            await WebAnswer.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "this LocalCast agent has as many WebSockets as it may").ConfigureAwait(false);
            return;
        }

        ConnectionInfo peer = context.Connection;
        var connection = new WebSocketConnection(socket, $"{new System.Net.IPEndPoint(peer.RemoteIpAddress!, peer.RemotePort)}", _options, _time, context.Abort)
        {
            NodeId = ids is [{ Length: > 0 } id] ? id : null,
        };
        if (!_accepted.Writer.TryWrite(connection))
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        await connection.Released.ConfigureAwait(false); // until then the server keeps what is below it
    }

    private async Task<WebSocket?> TryUpgradeAsync(HttpContext context)
    {
        try
        {
            return await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { DangerousEnableCompression = _options.IsCompressed }).ConfigureAwait(false);
        }
        catch (InvalidOperationException) when (!context.Response.HasStarted)
        {
            return null; // the server is at its bound of upgraded connections
        }
    }
}
