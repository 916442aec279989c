namespace LocalCast.Transports;

/// <summary>The bounds of a link.</summary>
public sealed class FrameLinkOptions
{
    /// <summary>The most bytes of a frame, both ways.</summary>
    /// <value>1 MiB</value>
    public int MaxFrameBytes { get; set; } = 1024 * 1024;

    /// <summary>How many bytes may wait for the connection before the owner is to keep what is left, where it has an order of importance.</summary>
    /// <value>64 KiB</value>
    public int MaxWaitingBytes { get; set; } = 64 * 1024;

    /// <summary>For how long a peer may take nothing while something waits for it.</summary>
    /// <value>10 s; then the link ends.</value>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long a link that is being closed may go on sending what was queued.</summary>
    /// <value>1 s</value>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(1);
}
