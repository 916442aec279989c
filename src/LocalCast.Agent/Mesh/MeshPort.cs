using System.Globalization;
using System.Net;
using LocalCast.Mesh;
using LocalCast.Transports;
using LocalCast.Transports.Kestrel;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Mesh;

/// <summary>The port at which other agents dial this one.</summary>
internal sealed class MeshPort : IAsyncDisposable
{
    /// <summary>Besides links: 100 whose handshake is under way, 512 whose last words are, and some between.</summary>
    private const int MostOthers = 700;

    private static readonly TimeSpan _stopWithin = TimeSpan.FromSeconds(2);

    private readonly WebSocketListener _sockets;
    private readonly WebServer _server;

    private MeshPort(WebSocketListener sockets, WebServer server, string host)
    {
        (_sockets, _server) = (sockets, server);
        IPEndPoint address = server.Addresses[0];
        string dialled = IPAddress.TryParse(host, out IPAddress? ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)) ? Dns.GetHostName() : host;
        Url = string.Create(CultureInfo.InvariantCulture, $"ws://{(dialled.Contains(':', StringComparison.Ordinal) ? $"[{dialled}]" : dialled)}:{address.Port}");
    }

    /// <summary>What others dial.</summary>
    public string Url { get; }

    /// <summary>What happened at the port before there was a link to tell of it.</summary>
    public IEnumerable<EventRow> Events =>
    [
        new("request_refused", _server.RefusedRequests),
        new("connection_refused", _server.RefusedConnections),
        new("connection_evicted", _server.EvictedConnections),
    ];

    public static async Task<MeshPort> OpenAsync(string host, int port, int mostLinks, WebSocketTransportOptions options, ILoggerFactory loggerFactory, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var sockets = new WebSocketListener(WebSocketAddress.LinkPath, options, timeProvider, AgentId.WhatIsWrong);
        string endpoint = string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}");
        var limits = new WebServerOptions { MaxWebSockets = mostLinks + MostOthers };
        return new MeshPort(sockets, await WebServer.StartAsync([endpoint], [sockets.Endpoint], limits, loggerFactory, cancellationToken).ConfigureAwait(false), host);
    }

    /// <summary>The next connection; <see langword="null"/> once the port is closed.</summary>
    public ValueTask<WebSocketConnection?> AcceptAsync(CancellationToken cancellationToken) => _sockets.AcceptAsync(cancellationToken);

    /// <summary>Takes no more connections.</summary>
    public ValueTask CloseAsync() => _sockets.DisposeAsync();

    public async ValueTask DisposeAsync() => await _server.StopAsync(_stopWithin).ConfigureAwait(false);
}
