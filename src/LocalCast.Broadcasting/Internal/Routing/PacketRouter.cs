using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Says which router a packet is for. Hot path for calls, results and publications.</summary>
internal sealed class PacketRouter(Hub hub)
{
    private const int MostIdBytes = 256;
    private const int MostMethodBytes = 512;

    /// <summary>Routes a packet.</summary>
    /// <returns>The reason when the sender takes its leave with this packet, else <see langword="null"/>.</returns>
    public ErrorInfo? Route(Session sender, in Packet packet, DeliveryBatch batch)
    {
        if (packet.Id.Length > MostIdBytes || packet.ReplyTo.Length > MostIdBytes || packet.Method.Length > MostMethodBytes)
        {
            // Every answer quotes it, next to other fields: what may be quoted must leave room for them.
            Refuse(sender, packet, new ErrorInfo(LocalCastError.BadRequest, $"id and reply_to have at most {MostIdBytes} bytes, a method has at most {MostMethodBytes}"), batch);
            return null;
        }

        if (sender.IsUplink && UplinkPort.Refusal(packet) is { } refusal)
        {
            Refuse(sender, packet, refusal, batch);
            return null;
        }

        if (sender.Member is null)
        {
            hub.Reception.Greet(sender, BinaryCodec.ToEnvelope(packet), batch.Now);
            return null;
        }

        if (IsExpensive(packet))
        {
            batch.NoteExpensive();
        }

        try
        {
            return RouteJoined(sender, packet, batch);
        }
        catch (InvalidDataException e)
        {
            // A receiver speaks JSON and cannot be given this: the sender is told, and may go on.
            var why = new ErrorInfo(LocalCastError.BadRequest, e.Message);
            MessageType answer = packet.Type switch { MessageType.Call => MessageType.Result, MessageType.Require => MessageType.Required, _ => MessageType.Ack };
            if (packet.Type == MessageType.Other)
            {
                Answer.NotDelivered(sender, packet, why, batch);
            }
            else
            {
                Answer.WithError(sender, packet, answer, why, batch);
            }

            return null;
        }
    }

    /// <summary>Whoever sends what nobody may send is put out. Not the uplink: it is not the others' fault what one of them sends.</summary>
    private void Refuse(Session sender, in Packet packet, ErrorInfo why, DeliveryBatch batch)
    {
        hub.Counters.CountMalformedFrame();
        if (!sender.IsUplink)
        {
            sender.Close(why);
        }
        else if (packet.Type is MessageType.Call or MessageType.Publish)
        {
            Answer.WithError(sender, packet, packet.Type == MessageType.Call ? MessageType.Result : MessageType.Ack, why, batch);
        }
    }

    /// <summary>Whether it is answered or passed on by looking at many participants.</summary>
    private static bool IsExpensive(in Packet packet) => packet.Type switch
    {
        MessageType.Ping or MessageType.Require => true,
        MessageType.Call => packet.To.IsCommon || packet.To == Membership.AgentChannel,
        MessageType.Publish => packet.Mode == PublishMode.Every,
        MessageType.Other => packet.To.IsCommon,
        _ => false,
    };

    private ErrorInfo? RouteJoined(Session sender, in Packet packet, DeliveryBatch batch)
    {
        switch (packet.Type)
        {
            case MessageType.Call:
                hub.Calls.Call(sender, packet, batch);
                break;
            case MessageType.Result:
            case MessageType.Required when sender.IsUplink:
                hub.Calls.Result(sender, packet, batch);
                break;
            case MessageType.Publish:
                hub.Topics.Publish(sender, packet, batch);
                break;
            case MessageType.Ack when hub.Orders.TryAcknowledge(sender, packet):
                break;
            case MessageType.Extend:
                hub.Orders.Extend(sender, packet, batch);
                break;
            case MessageType.Ack:
                hub.Deliveries.Acknowledge(sender, packet, batch);
                break;
            case MessageType.Cancel:
                hub.Calls.Cancel(sender, packet, batch);
                break;
            case MessageType.Ping:
                hub.Pings.Ping(sender, packet, batch);
                break;
            case MessageType.Pong:
                hub.Pings.Pong(sender, packet, batch);
                break;
            case MessageType.Require:
                hub.Requires.Require(sender, packet, batch);
                break;
            case MessageType.Subscribe:
                hub.Topics.Subscribe(sender, packet, batch);
                break;
            case MessageType.Unsubscribe:
                hub.Topics.Unsubscribe(sender, packet, batch);
                break;
            case MessageType.PingRequest:
                Answer.With(sender, packet, MessageType.PingResponse, packet.Payload.ToArray(), batch);
                break;
            case MessageType.PingResponse:
                break; // that it came is all it says
            case MessageType.Goodbye:
                return BinaryCodec.ReadError(packet.Error) ?? new ErrorInfo(LocalCastError.Disconnected, "it said goodbye");
            case MessageType.Hello:
                sender.Close(new ErrorInfo(LocalCastError.BadRequest, "a session begins with one hello, this was the second"));
                break;
            case MessageType.Other when packet.TypeName.SequenceEqual("ready"u8):
                hub.Membership.Ready(sender, BinaryCodec.ToEnvelope(packet), batch);
                break;
            case MessageType.Other:
                Forward(sender, packet, batch);
                break;
            default:
                Answer.WithError(sender, packet, MessageType.Ack, new ErrorInfo(LocalCastError.Forbidden, $"a participant does not send '{MessageTypes.NameOf(packet.Type)}' to the agent"), batch);
                break;
        }

        return null;
    }

    /// <summary>Any other type goes to the addressed channel; on the common channel, to every other node.</summary>
    private void Forward(Session sender, in Packet packet, DeliveryBatch batch)
    {
        if (packet.To.IsCommon)
        {
            foreach (Session node in hub.Membership.Nodes)
            {
                if (node != sender)
                {
                    batch.Note(node, node.Sender.Forward(packet, Origin.PassOn(sender, packet, node)));
                }
            }
        }
        else if (!hub.Uplink.TryFind(sender, packet, out Session? receiver))
        {
            Answer.NotDelivered(sender, packet, Errors.NodeNotFound(packet), batch);
        }
        else if (!batch.Note(receiver, receiver.Sender.Forward(packet, Origin.PassOn(sender, packet, receiver))))
        {
            Answer.NotDelivered(sender, packet, Errors.QueueFull(receiver), batch);
        }
    }
}
