using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Tells whoever waits for an answer why there is none. What nobody waits for is counted.</summary>
internal sealed class Refusals(MeshView view, MeshSender sender, MeshOutput output)
{
    public void Refuse(PeerLink link, Envelope message, ErrorInfo error)
    {
        output.Notice("not_forwarded", message.To, error.ToString());
        AnswerIfAwaited(link, message, error);
    }

    public void AnswerIfAwaited(PeerLink link, Envelope message, ErrorInfo error)
    {
        if (message.Type is MessageType.Call or MessageType.Publish || (message is { Type: MessageType.Ping or MessageType.Other, Id: not null }))
        {
            AnswerBack(link, message.From!, message.Id!, message.Type == MessageType.Call ? MessageType.Result : MessageType.Ack, error);
        }
    }

    public void AnswerBack(PeerLink link, string to, string id, MessageType type, ErrorInfo error)
    {
        var answer = new Envelope { Type = type, From = new MeshAddress("", view.Self.Id).ToString(), To = to, ReplyTo = id, Error = error };
        sender.Send(MeshAddress.Parse(to).Agent!, answer, LinkTraffic.Control, link);
    }
}
