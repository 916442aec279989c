using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Describes participants, and tells whoever listens what becomes of nodes.</summary>
internal sealed class NodeNews(Hub hub)
{
    private const int EnvelopeRoom = 256; // what an event needs beside its data

    public NodeDescription Describe(Session session) => session.Member!.Describe(hub.Now - session.StartedAt, hub.Subscriptions.PatternsOf(session));

    public NodeDescription DescribeForOthers(Session session) =>
        session.Member!.Describe(default, hub.Subscriptions.PatternsForOthers(session)) with { UptimeMs = null, Pid = null, Channel = null };

    public void Announce(string what, Session session, string? reason)
    {
        hub.Uplink.NodesChanged();
        if (session.Member!.IsNode)
        {
            var news = new NodeEvent { Event = what, Node = Describe(session), Reason = reason };
            ReadOnlyMemory<byte> json = SessionSender.Json(news, ControlJson.Default.NodeEvent);
            if (json.Length > hub.Options.Protocol.MaxFrameBytes - EnvelopeRoom)
            {
                json = SessionSender.Json(news with { Node = news.Node with { Methods = null, Requires = null, Topics = null } }, ControlJson.Default.NodeEvent);
            }

            hub.Topics.PublishOwn(Topic.Nodes, json);
        }
    }
}
