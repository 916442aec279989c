using System.Net;
using LocalCast.Protocol;
using LocalCast.Transports.Kestrel.Internal;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Transports.Kestrel;

/// <summary>The one HTTP/1.1 server of an agent, for the paths that it is given. Everything that a stranger can make it hold is bounded.</summary>
/// <remarks>A request that is no WebSocket may lose its connection to a newcomer while it is answered: what is served here besides WebSockets has to be answered at once, or take its connection out of the newcomers' places.</remarks>
public sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _services;
    private readonly IServer _server;
    private readonly WebContexts _contexts;
    private readonly WebDoor _door;
    private Task? _stopping;

    private WebServer(WebApplication services, IServer server, WebContexts contexts, WebDoor door)
    {
        (_services, _server, _contexts, _door) = (services, server, contexts, door);
        Addresses = [.. server.Features.Get<IServerAddressesFeature>()!.Addresses.Select(address => new Uri(address)).Select(uri => new IPEndPoint(IPAddress.Parse(uri.Host), uri.Port))];
    }

    /// <summary>Where it listens; the ports are those that were chosen.</summary>
    public IReadOnlyList<IPEndPoint> Addresses { get; }

    /// <summary>Requests that were answered with an error. What is no request at all is answered before it is one, and not counted.</summary>
    public long RefusedRequests => _contexts.Refused;

    /// <summary>Connections that are no WebSocket, or not yet.</summary>
    public int Newcomers => _door.Count;

    /// <summary>Connections that were refused before they could ask: there was no room.</summary>
    public long RefusedConnections => _door.Refused;

    /// <summary>Connections that were closed because others needed their place.</summary>
    public long EvictedConnections => _door.Evicted;

    /// <summary>Begins to listen at addresses such as <c>10.0.0.1:46356</c>, <c>[::1]:0</c> or <c>localhost:46356</c>; a name stands for all its addresses.</summary>
    /// <exception cref="LocalCastException">
    /// <see cref="LocalCastError.BadRequest"/> for what is no address of this machine, <see cref="LocalCastError.DuplicateName"/> when
    /// somebody listens there, <see cref="LocalCastError.Forbidden"/> when this user may not.
    /// </exception>
    public static async Task<WebServer> StartAsync(
        IReadOnlyList<string> addresses, IReadOnlyList<WebEndpoint> endpoints, WebServerOptions options, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(loggerFactory);
        List<IPEndPoint> bindings = await ListenAddress.ResolveAsync(addresses, cancellationToken).ConfigureAwait(false);
        var door = new WebDoor(options, TimeProvider.System);
        WebApplication services = Build(bindings, options, door);
        try
        {
            RequestDelegate answer = new WebDispatcher(services.Services, endpoints, loggerFactory.CreateLogger<WebServer>()).Build();
            IServer server = services.Services.GetRequiredService<IServer>();
            var contexts = new WebContexts(answer);
            await server.StartAsync(contexts, cancellationToken).ConfigureAwait(false);
            return new WebServer(services, server, contexts, door);
        }
        catch (Exception e)
        {
            await services.DisposeAsync().ConfigureAwait(false);
            if (ListenAddress.Explain(e, addresses) is { } why)
            {
                throw why;
            }

            throw;
        }
    }

    /// <summary>Stops listening at once, waits for what is going on, and cuts it at the deadline.</summary>
    public async Task StopAsync(TimeSpan deadline)
    {
        using var limit = new CancellationTokenSource(deadline, TimeProvider.System);
        await (_stopping ??= _server.StopAsync(limit.Token)).ConfigureAwait(false);
    }

    /// <summary>Stops listening and cuts what is going on.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        await _services.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(List<IPEndPoint> bindings, WebServerOptions options, WebDoor door)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance); // what matters is logged here, in our words
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, BlockPool.Factory>();
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.NoDelay = true;
            sockets.UnsafePreferInlineScheduling = true; // as on the pipe: what arrives is routed on the thread that received it
            sockets.WaitForDataBeforeAllocatingBuffer = true;
            sockets.MaxWriteBufferSize = 64 * 1024; // beyond that a link's own queue holds it, where it is counted
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            WebServerLimits.Set(kestrel, options);
            foreach (IPEndPoint binding in bindings)
            {
                kestrel.Listen(binding, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    listen.Use(next => connection => door.PassAsync(connection, next)); // first: what the address needs is not done for those who have no place
                    options.ConfigureAddress?.Invoke(listen);
                });
            }
        });
        return builder.Build(); // only ever asked for what it made: the server runs without a host
    }
}
