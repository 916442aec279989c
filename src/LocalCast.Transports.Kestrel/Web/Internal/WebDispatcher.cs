using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>Finds the endpoint of a request. Whoever asks for anything else is told what this is.</summary>
internal sealed class WebDispatcher(IServiceProvider services, IReadOnlyList<WebEndpoint> endpoints, ILogger logger)
{
    public RequestDelegate Build() =>
        new ApplicationBuilder(services)
            .Use(next => context =>
            {
                DirectUpgrade.PrepareFor(context);
                return next(context);
            })
            .UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.Zero }) // who uses the connection has a keep-alive of its own
            .Use(_ => AnswerAsync)
            .Build();

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            RequestDelegate answer = endpoints.FirstOrDefault(endpoint => endpoint.Path == context.Request.Path.Value)?.Answer ?? NotFoundAsync;
            await answer(context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is BadHttpRequestException or IOException or OperationCanceledException)
        {
            WebLog.Broken(logger, $"{context.Connection.RemoteIpAddress}", e.Message);
            context.Abort();
        }
        catch (Exception e)
        {
            // A defect in one answer; the server and all others go on.
            WebLog.Defect(logger, context.Request.Path.Value ?? "", e);
            context.Abort();
        }
    }

    private Task NotFoundAsync(HttpContext context) =>
        WebAnswer.WriteAsync(context, StatusCodes.Status404NotFound, $"this is the port of a LocalCast agent, which has {string.Join(", ", endpoints.Select(endpoint => endpoint.Path))}");
}
