using System.Buffers;
using System.Buffers.Binary;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Answers a ping with the node's description. Where the program adds facts of its own that runs its code, so never on the thread that reads.</summary>
internal sealed class PongAnswer(LinkSession session, Channel asker, uint sequence, byte[] id) : IThreadPoolWorkItem
{
    private const int Enough = 1024;

    public void Execute()
    {
        Send(session, asker, sequence, id);
        session.Outbox.Flush();
    }

    /// <summary>Queues the answer to a ping.</summary>
    /// <param name="session">The connection that it came from.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="sequence">The number that it quotes, 0 when there is none.</param>
    /// <param name="id">The id that it quotes when that is no number.</param>
    public static void Send(LinkSession session, Channel asker, uint sequence, ReadOnlySpan<byte> id)
    {
        var header = new PacketHeader { Type = MessageType.Pong, To = asker, Sequence = sequence, Flags = sequence == 0 ? PacketFlags.None : PacketFlags.Reply };
        var answer = new ArrayBufferWriter<byte>(Enough);
        if (!id.IsEmpty)
        {
            header = header with { Flags = PacketFlags.Reply | PacketFlags.ReplyTo, Sequence = 0 };
            BinaryPrimitives.WriteUInt16BigEndian(answer.GetSpan(sizeof(ushort)), (ushort)id.Length);
            answer.Advance(sizeof(ushort));
            answer.Write(id);
        }

        int optionsSize = answer.WrittenCount;
        session.Node.Description.Write(answer);
        session.Send(header, answer.WrittenSpan[..optionsSize], answer.WrittenSpan[optionsSize..]);
    }
}
