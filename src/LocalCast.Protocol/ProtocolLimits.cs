namespace LocalCast.Protocol;

/// <summary>The bounds that both ends of a session keep. Every one is finite.</summary>
public sealed class ProtocolLimits
{
    internal const int DefaultJsonDepth = 64;
    internal const int DefaultHeaders = 64;
    internal const int DefaultRoute = 32;

    /// <summary>The most bytes of a frame body.</summary>
    /// <value>1 MiB. A peer that announces more is told and closed before a byte of it is buffered.</value>
    public int MaxFrameBytes { get; set; } = 1024 * 1024;

    /// <summary>How deep the JSON of an envelope may nest.</summary>
    /// <value>64</value>
    public int MaxJsonDepth { get; set; } = DefaultJsonDepth;

    /// <summary>The most headers of a message.</summary>
    /// <value>64</value>
    public int MaxHeaders { get; set; } = DefaultHeaders;

    /// <summary>The most agents in a route.</summary>
    /// <value>32</value>
    public int MaxRoute { get; set; } = DefaultRoute;
}
