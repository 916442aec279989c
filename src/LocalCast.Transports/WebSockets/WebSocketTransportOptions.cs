using System.Net.Security;

namespace LocalCast.Transports;

/// <summary>How WebSockets are made and bounded, on both sides.</summary>
public sealed class WebSocketTransportOptions
{
    /// <summary>The most bytes of a text message, and of the frames in a binary one.</summary>
    /// <value>1 MiB; who sends more is told (1009) and closed.</value>
    public int MaxMessageBytes { get; set; } = 1024 * 1024;

    /// <summary>How long connecting may take: name, TCP and the HTTP answer together.</summary>
    /// <value>10 s</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the end of a connection may take: what is on its way, and the closing handshake.</summary>
    /// <value>1 s; then it is cut.</value>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether permessage-deflate is offered and accepted.</summary>
    /// <value><see langword="false"/>: it costs memory for each link, and more time than a fast network.</value>
    public bool IsCompressed { get; set; }

    /// <summary>How <c>wss://</c> proves who is who.</summary>
    /// <value><see langword="null"/>: as the system trusts.</value>
    public SslClientAuthenticationOptions? Tls { get; set; }
}
