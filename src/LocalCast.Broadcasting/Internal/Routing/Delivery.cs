using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>A publication to one subscriber: kept until one has acknowledged it, because another is tried when the first fails.</summary>
internal sealed class Delivery(byte[] packet, List<Session> untried, TimeSpan deadline)
{
    public byte[] Packet { get; } = packet;

    /// <summary>Subscribers that were not tried yet.</summary>
    public IReadOnlyCollection<Session> Untried => untried;

    public TimeSpan Deadline { get; } = deadline;

    /// <summary>Takes out one by chance; the uplink stands for all the subscribers behind it.</summary>
    public Session TakeAny(UplinkPort uplink)
    {
        int weight = untried.Exists(subscriber => subscriber.IsUplink) && Protocol.Packet.TryRead(Packet, out Packet packet, out _) ? uplink.WeightOf(packet) : 0;
        int chosen = Random.Shared.Next(Math.Max(1, untried.Count(subscriber => !subscriber.IsUplink) + weight));
        int index = untried.FindIndex(subscriber => (chosen -= subscriber.IsUplink ? weight : 1) < 0);
        Session taken = untried[Math.Max(0, index)];
        untried.RemoveAt(Math.Max(0, index));
        return taken;
    }

    /// <summary>Whether somebody got it who then did not acknowledge.</summary>
    public bool WasSent { get; set; }

    /// <summary>Why nobody elsewhere took it, if that was the last attempt: other agents say better why than that nobody acknowledged.</summary>
    public ErrorInfo? WhyElsewhere { get; set; }
}
