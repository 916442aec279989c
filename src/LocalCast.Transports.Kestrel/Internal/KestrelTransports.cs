using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>Gets a transport of Kestrel's without its server. The factories are made by services, which are asked here for the one that fits.</summary>
internal static class KestrelTransports
{
    public static async Task<IConnectionListener> BindAsync(
        EndPoint endpoint, ILoggerFactory loggerFactory, Action<IWebHostBuilder> configure, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, BlockPool.Factory>(); // in place of the one that Kestrel brought
        configure(builder.WebHost);
        WebApplication services = builder.Build(); // only ever asked, never started
        IConnectionListenerFactory factory = services.Services.GetServices<IConnectionListenerFactory>()
            .Last(f => f is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint));
        return await factory.BindAsync(endpoint, cancellationToken).ConfigureAwait(false);
    }
}
