using System.Buffers;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Takes the frames of one batch apart: answers what the protocol answers, and collects what has to run user code. Hot path.</summary>
internal sealed class FrameDispatcher(LinkSession session) : IFrameHandler
{
    private bool _mustFlush;

    /// <summary>What the batch set off that runs user code: answers to complete, calls to handle.</summary>
    public List<IThreadPoolWorkItem> Work { get; } = [];

    /// <summary>Takes every whole frame off the buffer.</summary>
    /// <exception cref="InvalidDataException">The agent sent what cannot be understood.</exception>
    public void Process(ref ReadOnlySequence<byte> buffer)
    {
        Work.Clear();
        _mustFlush = false;
        if (FrameReader.ReadAll(ref buffer, session.Node.MaxIncomingBytes, this) is FrameStatus.Negative or FrameStatus.TooLarge)
        {
            throw new InvalidDataException("the agent sent a frame of an impossible length");
        }

        session.Node.Topics.Commit();
        if (_mustFlush)
        {
            session.Outbox.Flush();
        }
    }

    bool IFrameHandler.OnFrame(ReadOnlySpan<byte> body)
    {
        if (session.Node.Topics.TryDeliverAgain(body))
        {
            return true;
        }

        if (!Packet.TryRead(body, out Packet packet, out string? why))
        {
            throw new InvalidDataException(why);
        }

        switch (packet.Type)
        {
            case MessageType.Result or MessageType.Ack or MessageType.Required or MessageType.Pong:
                Answered(packet);
                break;
            case MessageType.Call:
                if (session.Handling.Accept(packet) is { } call)
                {
                    Work.Add(call);
                }

                break;
            case MessageType.Publish:
                _mustFlush |= session.Node.Topics.Deliver(session, packet);
                break;
            case MessageType.Cancel:
                session.Handling.Cancel(packet.Sequence);
                break;
            case MessageType.Ping:
                AnswerPing(packet);
                break;
            case MessageType.Shutdown:
                Work.Add(new ShutdownNotice(session, BinaryCodec.ToEnvelope(packet)));
                break;
            case MessageType.PingRequest:
                session.Send(
                    new PacketHeader { Type = MessageType.PingResponse, Flags = PacketFlags.Reply, Sequence = packet.Sequence },
                    default,
                    packet.Payload);
                _mustFlush = true;
                break;
            case MessageType.HelloAck:
                session.Node.Welcomed(session, packet.Payload);
                break;
            case MessageType.Goodbye:
                session.End(BinaryCodec.ReadError(packet.Error) ?? new ErrorInfo(LocalCastError.Disconnected, "the agent said goodbye"));
                break;
            default:
                break; // a type that we do not know is ignored, as the protocol says
        }

        return true;
    }

    private void AnswerPing(in Packet packet)
    {
        if (session.Node.Description.IsPlain)
        {
            PongAnswer.Send(session, packet.From, packet.Sequence, packet.Id);
            _mustFlush = true;
        }
        else
        {
            Work.Add(new PongAnswer(session, packet.From, packet.Sequence, packet.Id.ToArray()));
        }
    }

    private void Answered(in Packet packet)
    {
        if (session.Answered(packet.Sequence) is { } pending)
        {
            pending.Accept(packet);
            if (pending.TakesOneAnswer)
            {
                Work.Add(pending);
            }
        }
    }
}
