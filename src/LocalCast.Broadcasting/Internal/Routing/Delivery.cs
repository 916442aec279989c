namespace LocalCast.Broadcasting.Internal;

/// <summary>A publication to one subscriber: kept until one has acknowledged it, because another is tried when the first fails.</summary>
internal sealed class Delivery(byte[] packet, List<Session> untried, TimeSpan deadline)
{
    public byte[] Packet { get; } = packet;

    /// <summary>Subscribers that were not tried yet.</summary>
    public List<Session> Untried { get; } = untried;

    public TimeSpan Deadline { get; } = deadline;

    /// <summary>Whether somebody got it who then did not acknowledge.</summary>
    public bool WasSent { get; set; }
}
