using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Discoveries of this machine's participants: sent to all agents, or to that of one node; answers count for 5 s.</summary>
internal sealed class Discoveries(MeshView view, NodeDirectory nodes, OutwardNames names, MeshSender sender, MeshOutput output)
{
    private const int Most = 1024;
    private readonly Dictionary<string, (long Request, bool IsForOne, TimeSpan Until)> _open = new(StringComparer.Ordinal);

    /// <summary>Asks. The answer says how many nodes are asked, or why none is.</summary>
    public void Ping(long request, Envelope ping, TimeSpan now)
    {
        string id = names.NextId();
        ErrorInfo? error = _open.Count >= Most ? new ErrorInfo(LocalCastError.Busy, "too many discoveries are under way")
            : !view.IsMember(view.Self.Id, ping.Group) ? new ErrorInfo(LocalCastError.Forbidden, $"this agent is not in the group '{ping.Group}'")
            : null;
        bool isForOne = ping.To is not (null or NodeName.Agent);
        int asked = 1;
        if (error is null && !isForOne)
        {
            asked = AskAll(names.Of(ping) with { To = null, Id = id });
        }
        else
        {
            error ??= AskOne(names.Of(ping) with { Id = id });
        }

        if (error is null)
        {
            _open.Add(id, (request, isForOne, now + PingRounds<object>.Window));
        }

        byte[] data = error is null ? JsonSerializer.SerializeToUtf8Bytes(new AskedData { Asked = asked }, ControlJson.Default.AskedData) : [];
        output.Add(new AnswerRequest(request, new Envelope
        {
            Type = MessageType.Ack,
            ReplyTo = ping.Id,
            Error = error,
            PayloadKind = error is null ? PayloadKind.Json : PayloadKind.None,
            Payload = data,
        }));
    }

    /// <summary>A node of another agent answered.</summary>
    /// <returns>Whether it is in time.</returns>
    public bool TryPong(Envelope pong)
    {
        bool isAwaited = _open.TryGetValue(pong.ReplyTo ?? "", out (long Request, bool IsForOne, TimeSpan Until) ping);
        if (isAwaited)
        {
            output.Add(new DeliverPong(ping.Request, EnvelopeCopy.Arrived(pong, pong.To)));
        }

        return isAwaited;
    }

    /// <summary>Another agent says why the one node that was asked does not answer.</summary>
    /// <returns>Whether it was asked.</returns>
    public bool TryRefuse(Envelope refusal)
    {
        bool isAwaited = _open.TryGetValue(refusal.ReplyTo ?? "", out (long Request, bool IsForOne, TimeSpan Until) ping) && ping.IsForOne; // of all, the others go on answering
        if (isAwaited)
        {
            _open.Remove(refusal.ReplyTo!);
            output.Add(new AnswerRequest(ping.Request, refusal));
        }

        return isAwaited;
    }

    public void Tick(TimeSpan now)
    {
        foreach ((string id, (_, _, TimeSpan until)) in _open.ToArray())
        {
            if (now >= until)
            {
                _open.Remove(id);
            }
        }
    }

    private int AskAll(Envelope ping)
    {
        AgentDocument[] others = [.. view.Store.Reachable.Where(document => view.IsMember(document.Id, ping.Group))];
        sender.SendToMany(others.Select(document => document.Id), ping);
        return others.Sum(document => document.Nodes.Count);
    }

    private ErrorInfo? AskOne(Envelope ping)
    {
        MeshAddress to = nodes.WithId(MeshAddress.Parse(ping.To));
        if (to.Node is "" or NodeName.Agent)
        {
            return new ErrorInfo(LocalCastError.BadRequest, "a ping is for all nodes, or for one by its name; an agent itself answers none");
        }

        if (to.Agent is null)
        {
            to = nodes.Holders(to.Node).FirstOrDefault();
        }

        return to.Agent is { } agent ? sender.Send(agent, ping with { To = to.ToString() }, LinkTraffic.Topic).Error : nodes.WhyNobody(MeshAddress.Parse(ping.To).Node);
    }
}
