using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>From whom a packet is, as it is passed on: who sent it, and of the uplink, whom it says. Hot path.</summary>
internal static class Origin
{
    public static Channel ChannelOf(Session sender, in Packet packet) => sender.IsUplink ? packet.From : sender.Member!.Channel;

    /// <summary>The name as the first optional field of a packet.</summary>
    public static ReadOnlySpan<byte> FieldOf(Session sender, in Packet packet) => sender.IsUplink ? packet.FromField : sender.Member!.FromName;

    /// <summary>The fields in front of a packet for a receiver. Only the uplink is told what the sender wrote as the address; any other one is the address.</summary>
    public static ReadOnlySpan<byte> FieldsOf(Session sender, in Packet packet, Session receiver) =>
        receiver.IsUplink && packet.Has(PacketFlags.ToName) ? (byte[])[.. FieldOf(sender, packet), .. packet.ToField] : FieldOf(sender, packet);

    /// <summary>Which of <see cref="FieldsOf"/> are there.</summary>
    public static PacketFlags FlagsOf(in Packet packet, Session receiver) =>
        receiver.IsUplink ? PacketFlags.FromName | (packet.Flags & PacketFlags.ToName) : PacketFlags.FromName;

    /// <summary>To whom.</summary>
    public static Channel TargetOf(in Packet packet, Session receiver) => receiver.IsUplink ? packet.To : receiver.Member!.Channel;

    /// <summary>How a packet is passed on to one who answers it directly: from whom it is said anew, its ids stay.</summary>
    public static PacketRewrite PassOn(Session sender, in Packet packet, Session receiver) => new()
    {
        Flags = (packet.Flags & ~(PacketFlags.FromName | PacketFlags.ToName)) | FlagsOf(packet, receiver),
        Sequence = packet.Sequence,
        To = TargetOf(packet, receiver),
        From = ChannelOf(sender, packet),
        Addressing = FieldsOf(sender, packet, receiver),
        Rest = packet.RestWithIds,
    };
}
