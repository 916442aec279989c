using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Answers a ping with the node's description. It may run user code, so it never runs on the thread that reads.</summary>
internal sealed class PongAnswer(LinkSession session, Envelope ping) : IThreadPoolWorkItem
{
    public void Execute()
    {
        session.Send(new Envelope
        {
            Type = MessageType.Pong,
            ReplyTo = ping.Id,
            To = Channel.OfAddress(ping.From ?? "").ToString(),
            PayloadKind = PayloadKind.Json,
            Payload = JsonSerializer.SerializeToUtf8Bytes(session.Node.Describe(), ControlJson.Default.NodeDescription),
        });
        session.Outbox.Flush();
    }
}
