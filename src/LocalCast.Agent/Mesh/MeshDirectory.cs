using System.Collections.Concurrent;
using LocalCast.Mesh;
using LocalCast.Protocol;

namespace LocalCast.Agent.Mesh;

/// <summary>What other agents have, as the hub asks for it: by channel, without a lock.</summary>
internal sealed class MeshDirectory
{
    /// <summary>Names are forgotten before their agents are: what matters is that a call hears of an agent that is away, not for how long.</summary>
    private const int MostAway = 1024;

    private readonly ConcurrentDictionary<string, AgentDocument> _agents = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Channel, Entry> _nodes = new();
    private readonly Dictionary<string, int> _topics = new(StringComparer.Ordinal);
    private readonly Queue<Channel> _away = new();
    private int _nodeCount;

    public bool HasAgents => !_agents.IsEmpty;

    /// <summary>How many nodes there are; clients are not counted.</summary>
    public int NodeCount => Volatile.Read(ref _nodeCount);

    /// <summary>What anybody elsewhere subscribes to. Read by whoever changes it.</summary>
    public IReadOnlyCollection<string> Topics => _topics.Keys;

    public IEnumerable<AgentDocument> Agents => _agents.Values;

    /// <summary>Whether another agent bears a name.</summary>
    public bool HasAgentNamed(string name) => _agents.Any(agent => agent.Value.Name == name);

    /// <summary>What is ready, with the versions that agents have of it, in order.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string?>> ReadyNodes() =>
        _agents.Values.SelectMany(agent => agent.Nodes).Where(node => node.Role != "client" && node.State is null or "Ready")
            .GroupBy(node => node.Name, node => node.Version, StringComparer.Ordinal)
            .ToDictionary(versions => versions.Key, IReadOnlyList<string?> (versions) => [.. versions.Distinct().Order(StringComparer.Ordinal)], StringComparer.Ordinal);

    public string? NameOf(Channel channel) => _nodes.TryGetValue(channel, out Entry entry) ? entry.Name : null;

    /// <summary>Whether another agent has a node, or had it when that agent was last reached.</summary>
    public bool HasNode(Channel channel) => _nodes.ContainsKey(channel);

    /// <summary>Whether an agent has a node that can be reached now.</summary>
    public bool CanReach(Channel channel) => _nodes.TryGetValue(channel, out Entry entry) && entry.Agents > 0;

    /// <summary>Takes in what became of an agent. Called by one thread at a time.</summary>
    /// <param name="agent">Which one.</param>
    /// <param name="document">Its document, or <see langword="null"/> when it cannot be reached any more.</param>
    /// <param name="haveTopicsChanged">Whether <see cref="Topics"/> are others now.</param>
    /// <returns>What it was before.</returns>
    public AgentDocument? Change(string agent, AgentDocument? document, out bool haveTopicsChanged)
    {
        haveTopicsChanged = false;
        _agents.TryGetValue(agent, out AgentDocument? before);
        if (document is null)
        {
            _agents.TryRemove(agent, out _);
        }
        else
        {
            _agents[agent] = document;
        }

        // First what is new, then what is gone: whoever asks in between misses nothing that stays.
        foreach (NodeDescription node in document?.Nodes ?? [])
        {
            haveTopicsChanged |= Add(node);
        }

        foreach (NodeDescription node in before?.Nodes ?? [])
        {
            haveTopicsChanged |= Remove(node, isAgentAway: document is null);
        }

        return before;
    }

    private bool Add(NodeDescription node)
    {
        if (node.Role != "client")
        {
            Interlocked.Increment(ref _nodeCount);
            _nodes.AddOrUpdate(Channel.OfName(node.Name), _ => new Entry(node.Name, 1), (_, entry) => entry with { Agents = entry.Agents + 1 });
        }

        bool isNew = false;
        foreach (string topic in node.Topics ?? [])
        {
            _topics[topic] = _topics.GetValueOrDefault(topic) + 1;
            isNew |= _topics[topic] == 1;
        }

        return isNew;
    }

    private bool Remove(NodeDescription node, bool isAgentAway)
    {
        if (node.Role != "client")
        {
            Interlocked.Decrement(ref _nodeCount);
            RemoveName(Channel.OfName(node.Name), isAgentAway);
        }

        bool isGone = false;
        foreach (string topic in node.Topics ?? [])
        {
            int left = _topics.GetValueOrDefault(topic) - 1;
            if (left <= 0)
            {
                isGone |= _topics.Remove(topic);
            }
            else
            {
                _topics[topic] = left;
            }
        }

        return isGone;
    }

    private void RemoveName(Channel channel, bool isAgentAway)
    {
        if (!_nodes.TryGetValue(channel, out Entry entry))
        {
            return;
        }

        if (entry.Agents <= 1 && !isAgentAway)
        {
            _nodes.TryRemove(channel, out _);
            return;
        }

        _nodes[channel] = entry with { Agents = Math.Max(0, entry.Agents - 1) };
        if (entry.Agents > 1)
        {
            return;
        }

        _away.Enqueue(channel);
        if (_away.Count > MostAway && _nodes.TryGetValue(_away.Dequeue(), out Entry oldest) && oldest.Agents == 0)
        {
            _nodes.TryRemove(Channel.OfName(oldest.Name), out _);
        }
    }

    /// <summary>A name, and how many agents have it that can be reached.</summary>
    private readonly record struct Entry(string Name, int Agents);
}
