using System.Buffers;
using System.Buffers.Binary;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>The time that is left, in packets that were kept and are sent later than they came.</summary>
internal static class PacketDeadline
{
    /// <summary>Writes what is left into a packet that says how long its sender waits.</summary>
    /// <param name="kept">The packet; changed in place where that is possible.</param>
    /// <param name="left">The time.</param>
    /// <param name="isNeeded">Whether one that says nothing is to say it from now on: to other agents that means the default from the moment when it reaches them.</param>
    public static Packet Set(byte[] kept, TimeSpan left, bool isNeeded)
    {
        uint ms = (uint)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 1, uint.MaxValue);
        Packet.TryRead(kept, out Packet packet, out _);
        if (packet.DeadlineAt >= 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(kept.AsSpan(packet.DeadlineAt), ms);
        }
        else if (isNeeded)
        {
            var body = new ArrayBufferWriter<byte>(kept.Length + sizeof(uint));
            try
            {
                BinaryCodec.Encode(BinaryCodec.ToEnvelope(packet) with { DeadlineMs = ms }, body);
            }
            catch (LocalCastException)
            {
                return packet; // its fields have no room for one
            }

            Packet.TryRead(body.WrittenSpan, out packet, out _);
        }

        return packet;
    }
}
