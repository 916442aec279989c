using System.Globalization;
using System.Text;
using LocalCast.Protocol;
using LocalCast.Transports;

namespace LocalCast.Broadcasting.Internal;

/// <summary>The agent's own answers. Not hot: a call that goes well is answered by its callee.</summary>
internal static class Answer
{
    /// <summary>What the sender calls its packet, or <see langword="null"/> when it expects no answer.</summary>
    public static string? IdOf(in Packet packet) =>
        !packet.Id.IsEmpty ? Encoding.UTF8.GetString(packet.Id)
        : packet.Sequence != 0 && !packet.Has(PacketFlags.Reply) ? packet.Sequence.ToString(CultureInfo.InvariantCulture)
        : null;

    /// <summary>What a packet quotes.</summary>
    public static string? ReplyToOf(in Packet packet) =>
        !packet.ReplyTo.IsEmpty ? Encoding.UTF8.GetString(packet.ReplyTo)
        : packet.Sequence != 0 && packet.Has(PacketFlags.Reply) ? packet.Sequence.ToString(CultureInfo.InvariantCulture)
        : null;

    public static void With(Session to, in Packet packet, MessageType type, ReadOnlyMemory<byte> json, DeliveryBatch batch) =>
        Send(to, type, IdOf(packet), json, error: null, batch);

    public static void WithError(Session to, in Packet packet, MessageType type, ErrorInfo error, DeliveryBatch batch) =>
        Send(to, type, IdOf(packet) ?? ReplyToOf(packet), default, error, batch);

    /// <summary>Why a message of a type that only participants know went nowhere. Its id is the sender's own, so the uplink is told as well whose.</summary>
    public static void NotDelivered(Session to, in Packet packet, ErrorInfo error, DeliveryBatch batch)
    {
        if (!to.IsUplink)
        {
            WithError(to, packet, MessageType.Ack, error, batch);
        }
        else if (IdOf(packet) is { } id)
        {
            Send(to, new Envelope { Type = MessageType.Ack, ReplyTo = id, From = NodeName.Agent, To = Encoding.UTF8.GetString(packet.FromName), Error = error }, batch);
        }
    }

    public static void Send(Session to, MessageType type, string? replyTo, ReadOnlyMemory<byte> json, ErrorInfo? error, DeliveryBatch? batch) => Send(
        to,
        new Envelope
        {
            Type = type,
            ReplyTo = replyTo,
            From = NodeName.Agent,
            Error = error,
            PayloadKind = json.IsEmpty ? PayloadKind.None : PayloadKind.Json,
            Payload = json,
        },
        batch);

    private static void Send(Session to, Envelope envelope, DeliveryBatch? batch)
    {
        OutboxResult sent = to.Sender.Send(envelope, urgent: to.IsUplink); // that one is never closed for it: all of the mesh is behind it, and has bounds of its own
        if (sent == OutboxResult.Full)
        {
            // An answer is never lost in silence: the session ends, and with it everything that waits in it fails by name.
            to.Close(new ErrorInfo(LocalCastError.Busy, "it does not read its answers"));
        }
        else if (batch is null)
        {
            to.Flush();
        }
        else
        {
            batch.NoteAnswer(to, sent);
        }
    }

    /// <summary>Ends an exchange with an error of the agent's own.</summary>
    public static void Fail(in Exchange exchange, ErrorInfo error, DeliveryBatch? batch) => Send(
        exchange.Owner,
        exchange.IsRequirement ? MessageType.Required : exchange.Delivery is null ? MessageType.Result : MessageType.Ack,
        exchange.Id ?? exchange.Sequence.ToString(CultureInfo.InvariantCulture),
        default,
        error,
        batch);
}
