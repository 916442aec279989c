using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace LocalCast.Transports.Kestrel;

/// <summary>The bounds of a <see cref="WebServer"/>.</summary>
public sealed class WebServerOptions
{
    /// <summary>
    /// Connections that are not WebSockets, or not yet. One more takes the place of the oldest from the address that has most, or, where that is its own and has
    /// them only just now, is answered 503.
    /// </summary>
    /// <value>100</value>
    public int MaxConnections { get; set; } = 100;

    /// <summary>
    /// The most of these from one address, or one /64 of IPv6; this machine itself has no such bound. One more takes the place of the oldest of them,
    /// or is answered 429 while that is younger than <see cref="Moment"/>.
    /// </summary>
    /// <value>16</value>
    public int MaxConnectionsEach { get; set; } = 16;

    /// <summary>How long a connection does not have to make room for another from its own address.</summary>
    /// <value>1 s</value>
    public TimeSpan Moment { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Open WebSockets; one more is answered 503.</summary>
    /// <value>1000</value>
    public int MaxWebSockets { get; set; } = 1000;

    /// <summary>How long a connection may take to say what it wants, and be silent between requests.</summary>
    /// <value>10 s</value>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The most bytes of a request's headers.</summary>
    /// <value>16 KiB</value>
    public int MaxHeaderBytes { get; set; } = 16 * 1024;

    /// <summary>The most bytes of a request's body.</summary>
    /// <value>1 MiB</value>
    public long MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>What else an address needs, such as a certificate.</summary>
    /// <value><see langword="null"/>: plain HTTP</value>
    public Action<ListenOptions>? ConfigureAddress { get; set; }
}
