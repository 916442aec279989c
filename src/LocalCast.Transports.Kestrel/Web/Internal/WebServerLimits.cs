using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>Translates our bounds into Kestrel's.</summary>
internal static class WebServerLimits
{
    private const int MaxRequestLine = 4 * 1024;
    private const int MaxHeaders = 64;

    /// <summary>The door bounds connections; those that it refuses or throws out take a moment to end, and only a flood has more of them than this times as many.</summary>
    private const int Backstop = 4;

    public static void Set(KestrelServerOptions kestrel, WebServerOptions options)
    {
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentConnections = Backstop * options.MaxConnections;
        limits.MaxConcurrentUpgradedConnections = options.MaxWebSockets;
        limits.KeepAliveTimeout = options.RequestTimeout;
        limits.RequestHeadersTimeout = options.RequestTimeout;
        limits.MaxRequestHeadersTotalSize = options.MaxHeaderBytes;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.MaxRequestLineSize = Math.Min(MaxRequestLine, options.MaxHeaderBytes);
        limits.MaxRequestBufferSize = Math.Max(64 * 1024, options.MaxHeaderBytes);
        limits.MaxResponseBufferSize = 64 * 1024;
        limits.MaxRequestBodySize = options.MaxBodyBytes;
    }
}
