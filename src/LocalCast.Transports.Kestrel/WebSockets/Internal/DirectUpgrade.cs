using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>
/// Upgrades a request to the connection itself in place of the server's streams for bodies: those cost a detour for every message, and
/// swallow what is written to a connection that broke.
/// </summary>
internal sealed class DirectUpgrade(IHttpUpgradeFeature server, IConnectionTransportFeature connection, WebPlace? place) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => server.IsUpgradableRequest;

    /// <summary>Has the request of <paramref name="context"/> upgraded that way, if it comes to it.</summary>
    public static void PrepareFor(HttpContext context)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is { } server && context.Features.Get<IConnectionTransportFeature>() is { } connection)
        {
            context.Features.Set<IHttpUpgradeFeature>(new DirectUpgrade(server, connection, context.Features.Get<WebPlace>()));
        }
    }

    public async Task<Stream> UpgradeAsync()
    {
        _ = await server.UpgradeAsync().ConfigureAwait(false); // the answer is sent by then
        place?.Leave();
        return new TransportStream(connection.Transport);
    }
}
