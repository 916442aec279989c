using System.Runtime.Versioning;
using LocalCast.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>Kestrel's named-pipe transport. Its factory is not public, so the services that would run a server are asked for it.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsPipes
{
    public static async Task<IConnectionListener> BindAsync(string name, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        builder.WebHost.UseKestrelCore().UseNamedPipes(options => options.CurrentUserOnly = true);
        WebApplication services = builder.Build();
        var endpoint = new NamedPipeEndPoint(name);
        IConnectionListenerFactory factory = services.Services.GetServices<IConnectionListenerFactory>()
            .First(f => f is IConnectionListenerFactorySelector selector && selector.CanBind(endpoint));
        try
        {
            return await factory.BindAsync(endpoint, cancellationToken).ConfigureAwait(false);
        }
        catch (AddressInUseException e)
        {
            throw new LocalCastException(LocalCastError.DuplicateName, $@"an agent already listens at \\.\pipe\{name}", e);
        }
    }
}
