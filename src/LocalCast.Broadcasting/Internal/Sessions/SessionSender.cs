using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Writes messages into a session's outbox in the kind that the session speaks. Hot path.</summary>
internal sealed class SessionSender(Session session, int maxFrameBytes)
{
    /// <summary>Passes a packet on: its payload is copied once and never looked at, unless the receiver speaks JSON.</summary>
    /// <exception cref="InvalidDataException">The receiver speaks JSON and the payload, which claims to be JSON, is not; or the fields no longer fit.</exception>
    public OutboxResult Forward(in Packet packet, in PacketRewrite rewrite)
    {
        Span<byte> head = stackalloc byte[PacketRewrite.HeadSize];
        rewrite.WriteHead(packet, head);
        return session.IsJson
            ? SendJson(head[FrameReader.PrefixSize..], rewrite.Addressing, rewrite.Rest, packet.Payload)
            : session.Outbox.Append(head, rewrite.Addressing, rewrite.Rest, packet.Payload);
    }

    /// <summary>Sends a message of the agent's own. An answer that is too large for a frame says so instead.</summary>
    public OutboxResult Send(Envelope envelope, bool urgent = false)
    {
        ArrayBufferWriter<byte> body = Encode(envelope);
        if (body.WrittenCount > maxFrameBytes && envelope.ReplyTo is not null && !envelope.Payload.IsEmpty)
        {
            body = Encode(new Envelope
            {
                Type = envelope.Type,
                ReplyTo = envelope.ReplyTo,
                From = envelope.From,
                Error = new ErrorInfo(LocalCastError.TooLarge, $"the answer has {body.WrittenCount} bytes, a frame has at most {maxFrameBytes}"),
            });
        }

        return Append(body.WrittenSpan, urgent);
    }

    /// <summary>Sends the agent's last word: nothing is sent behind it.</summary>
    public void SendLast(Envelope envelope)
    {
        ArrayBufferWriter<byte> body = Encode(envelope);
        Span<byte> prefix = stackalloc byte[FrameReader.PrefixSize];
        BinaryPrimitives.WriteInt32BigEndian(prefix, body.WrittenCount);
        session.Outbox.AppendLast(prefix, body.WrittenSpan);
    }

    /// <summary>Sends a message of the agent's own and flushes it.</summary>
    public void SendNow(Envelope envelope, bool urgent = false)
    {
        Send(envelope, urgent);
        session.Flush();
    }

    public static ReadOnlyMemory<byte> Json<T>(T data, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(data, type);

    private OutboxResult SendJson(ReadOnlySpan<byte> header, ReadOnlySpan<byte> addressing, ReadOnlySpan<byte> rest, ReadOnlySpan<byte> payload)
    {
        var packet = new ArrayBufferWriter<byte>(header.Length + addressing.Length + rest.Length + payload.Length);
        packet.Write(header);
        packet.Write(addressing);
        packet.Write(rest);
        packet.Write(payload);
        var body = new ArrayBufferWriter<byte>(packet.WrittenCount * 2);
        JsonCodec.Encode(BinaryCodec.Decode(packet.WrittenSpan), body);
        return Append(body.WrittenSpan, urgent: false);
    }

    private ArrayBufferWriter<byte> Encode(Envelope envelope)
    {
        var body = new ArrayBufferWriter<byte>(256);
        if (session.IsJson)
        {
            JsonCodec.Encode(envelope, body);
        }
        else
        {
            BinaryCodec.Encode(envelope, body);
        }

        return body;
    }

    private OutboxResult Append(ReadOnlySpan<byte> body, bool urgent)
    {
        Span<byte> prefix = stackalloc byte[FrameReader.PrefixSize];
        BinaryPrimitives.WriteInt32BigEndian(prefix, body.Length);
        return urgent ? session.Outbox.AppendUrgent(prefix, body) : session.Outbox.Append(prefix, body);
    }
}
