using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>Gives each request of the server its context, without the machinery of a host.</summary>
internal sealed class WebContexts(RequestDelegate answer) : IHttpApplication<HttpContext>
{
    private long _refused;

    /// <summary>Requests that were answered with an error.</summary>
    public long Refused => Volatile.Read(ref _refused);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) => answer(context);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            Interlocked.Increment(ref _refused);
        }
    }
}
