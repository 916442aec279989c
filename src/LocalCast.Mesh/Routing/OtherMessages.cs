using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Messages of participants that the mesh does not know, and the words that answer such: sent once, and whoever is told why one went nowhere is told by name.</summary>
internal sealed class OtherMessages(MeshView view, NodeDirectory nodes, OutwardNames names, MeshSender sender, MeshOutput output)
{
    private const int Most = 4096;
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string From, string Id), string> _sent = [];
    private readonly Queue<((string From, string Id) Key, TimeSpan Until)> _inOrder = new();

    public void Send(Envelope message, TimeSpan now)
    {
        MeshAddress to = nodes.WithId(MeshAddress.Parse(message.To));
        Envelope outward = names.Of(message) with { To = to.ToString() };
        ErrorInfo? error = LinkMessage.IsChunk(message) ? new ErrorInfo(LocalCastError.BadRequest, $"'{LinkMessage.ChunkType}' exists between agents only")
            : !view.IsMember(view.Self.Id, message.Group) ? new ErrorInfo(LocalCastError.Forbidden, $"this agent is not in the group '{message.Group}'")
            : MeshSender.WhyTooLarge(message, view.Options)
            ?? (to.Agent is { } agent ? sender.Send(agent, outward, message.Type == MessageType.Ack ? LinkTraffic.Control : LinkTraffic.Topic).Error : nodes.WhyNobody(to.Node));
        if (error is not null)
        {
            output.Notice("not_sent", message.To, error.ToString());
        }

        if (message.Type == MessageType.Other)
        {
            Note(message, outward, error, now);
        }
    }

    /// <summary>Another agent says why a message went no further.</summary>
    /// <returns>Whether it was one of these.</returns>
    public bool TryRefuse(Envelope refusal)
    {
        bool isKnown = _sent.Remove((refusal.To!, refusal.ReplyTo ?? ""), out string? participant);
        if (isKnown)
        {
            output.Add(new MessageRefused(participant!, refusal.ReplyTo, refusal.Error!));
        }

        return isKnown;
    }

    public void Tick(TimeSpan now)
    {
        while (_inOrder.TryPeek(out ((string, string) Key, TimeSpan Until) oldest) && (now >= oldest.Until || _inOrder.Count > Most))
        {
            _inOrder.Dequeue();
            _sent.Remove(oldest.Key);
        }
    }

    /// <summary>Only who gave an id can tell which of its messages is meant, and so hears of others' refusals.</summary>
    private void Note(Envelope message, Envelope outward, ErrorInfo? error, TimeSpan now)
    {
        if (error is not null)
        {
            output.Add(new MessageRefused(message.From ?? "", message.Id, error));
        }
        else if (message.Id is { } id && _sent.TryAdd((outward.From!, id), message.From ?? ""))
        {
            _inOrder.Enqueue(((outward.From!, id), now + Remembered));
            Tick(now);
        }
    }
}
