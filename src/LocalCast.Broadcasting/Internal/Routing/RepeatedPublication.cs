using System.Buffers.Binary;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>
/// The last publication of a session. One that publishes much sends the same header and the same options again and again, so whoever gets the
/// next one, and what its head looks like, is known as soon as its bytes are seen to be the same. Hot path; used by its session's loop only.
/// </summary>
internal sealed class RepeatedPublication
{
    private byte[] _prefix = [];
    private byte[] _head = [];
    private Session[] _receivers = [];
    private int _version = -1;

    /// <summary>Remembers a publication to all subscribers that expects no answer.</summary>
    /// <param name="packet">The publication.</param>
    /// <param name="rewrite">How it is passed on.</param>
    /// <param name="receivers">Who gets it.</param>
    /// <param name="version">The state of the subscriptions that say so.</param>
    public void Remember(in Packet packet, in PacketRewrite rewrite, Session[] receivers, int version)
    {
        _version = -1;
        if (packet.Mode != PublishMode.All || receivers.Any(receiver => receiver.IsJson))
        {
            return; // with a JSON receiver the payload has to be read each time
        }

        _prefix = packet.Raw[..^packet.Payload.Length].ToArray();
        _head = new byte[PacketRewrite.HeadSize + rewrite.Addressing.Length + rewrite.Rest.Length];
        rewrite.WriteHead(packet, _head);
        rewrite.Addressing.CopyTo(_head.AsSpan(PacketRewrite.HeadSize));
        rewrite.Rest.CopyTo(_head.AsSpan(PacketRewrite.HeadSize + rewrite.Addressing.Length));
        (_receivers, _version) = (receivers, version);
    }

    /// <summary>Passes a frame on, if it is like the last publication.</summary>
    public bool TryRoute(ReadOnlySpan<byte> body, int version, BroadcasterCounters counters, DeliveryBatch batch)
    {
        if (version != _version || !body.StartsWith(_prefix))
        {
            return false;
        }

        ReadOnlySpan<byte> payload = body[_prefix.Length..];
        BinaryPrimitives.WriteInt32BigEndian(_head, _head.Length - FrameReader.PrefixSize + payload.Length);
        foreach (Session receiver in _receivers)
        {
            OutboxResult sent = receiver.Outbox.Append(_head, payload);
            if (!batch.Note(receiver, sent) && sent == OutboxResult.Full)
            {
                counters.CountDroppedPublication();
            }
        }

        return true;
    }
}
