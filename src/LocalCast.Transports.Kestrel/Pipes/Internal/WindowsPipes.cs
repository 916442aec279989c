using System.Runtime.Versioning;
using LocalCast.Protocol;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>Kestrel's named-pipe transport.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsPipes
{
    public static async Task<IConnectionListener> BindAsync(string name, ILoggerFactory loggerFactory, CancellationToken cancellationToken)
    {
        try
        {
            return await KestrelTransports.BindAsync(
                new NamedPipeEndPoint(name), loggerFactory, host => host.UseNamedPipes(options => options.CurrentUserOnly = true), cancellationToken).ConfigureAwait(false);
        }
        catch (AddressInUseException e)
        {
            throw new LocalCastException(LocalCastError.DuplicateName, $@"an agent already listens at \\.\pipe\{name}", e);
        }
    }
}
