using System.Text.Json;
using LocalCast.Broadcasting;
using LocalCast.Mesh;
using LocalCast.Protocol;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Mesh;

/// <summary>Tells the participants of this machine, and the log, which agents and nodes came and went elsewhere.</summary>
internal sealed class MeshNews(Broadcaster hub, MeshDirectory directory, ILogger logger)
{
    private readonly Lock _topics = new();

    /// <summary>The way to the hub was opened again: it does not know any more what others subscribe to.</summary>
    public void TellTopics()
    {
        lock (_topics)
        {
            hub.SetUplinkTopics([.. directory.Topics]);
        }
    }

    public void Tell(AgentChanged change)
    {
        AgentDocument? before;
        lock (_topics)
        {
            before = directory.Change(change.Agent, change.Document, out bool haveTopicsChanged);
            if (haveTopicsChanged)
            {
                hub.SetUplinkTopics([.. directory.Topics]);
            }
        }

        string name = (change.Document ?? before)?.Name ?? change.Agent;
        if (before is null && change.Document is not null)
        {
            MeshLog.AgentArrived(logger, name, change.Agent);
        }
        else if (before is not null && change.Document is null)
        {
            MeshLog.AgentLost(logger, name, change.Agent);
        }

        Dictionary<string, NodeDescription> now = NodesOf(change.Document);
        foreach ((string node, NodeDescription description) in NodesOf(before))
        {
            if (!now.ContainsKey(node))
            {
                Publish("left", description, change.Agent, change.Document is null ? "its agent cannot be reached any more, or left" : null);
            }
        }

        Dictionary<string, NodeDescription> then = NodesOf(before);
        foreach ((string node, NodeDescription description) in now)
        {
            if (!then.TryGetValue(node, out NodeDescription? former))
            {
                Publish("arrived", description, change.Agent, reason: null);
            }
            else if (former.State != "Ready" && description.State == "Ready")
            {
                Publish("ready", description, change.Agent, reason: null);
            }
        }
    }

    private static Dictionary<string, NodeDescription> NodesOf(AgentDocument? document)
    {
        Dictionary<string, NodeDescription> nodes = new(StringComparer.Ordinal);
        foreach (NodeDescription node in document?.Nodes.Where(node => node.Role != "client") ?? [])
        {
            nodes[node.Name] = node; // another agent may say anything, a name twice as well
        }

        return nodes;
    }

    private void Publish(string what, NodeDescription node, string agent, string? reason)
    {
        var news = new NodeEvent { Event = what, Node = node with { Methods = null, Topics = null, Agent = null }, Agent = agent, Reason = reason };
        hub.PublishOwn(Topic.Nodes, JsonSerializer.SerializeToUtf8Bytes(news, ControlJson.Default.NodeEvent));
    }
}
