using System.Collections.Concurrent;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>Says of other agents what the test has it say. This agent is <c>here</c>.</summary>
internal sealed class FakeUplink : IUplink
{
    private int _changes;
    private ConcurrentDictionary<Channel, bool> _congested = new();

    /// <summary>The names of nodes that other agents have.</summary>
    public ConcurrentDictionary<string, bool> Nodes { get; } = new();

    public ConcurrentDictionary<string, int> Subscribers { get; } = new();

    public bool HasAgents { get; set; } = true;

    /// <summary>How often it was told that something changed here.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>How often it was asked whether it is congested, since that was set.</summary>
    public int Asked => Volatile.Read(ref _asked);

    private int _asked;

    /// <summary>The groups that this agent is in.</summary>
    public HashSet<string> Groups { get; } = ["staff"];

    public bool TellsNodes { get; set; } = true;

    public bool IsInGroup(string group) => Groups.Contains(group);

    public int CountNodes() => Nodes.Count;

    /// <summary>Called whenever it is asked whether a node can be reached.</summary>
    public Action OnCanReach { get; set; } = () => { };

    /// <summary>The names of nodes that other agents had when they could last be reached.</summary>
    public ConcurrentDictionary<string, bool> Away { get; } = new();

    public bool HasNode(Channel node) => CanReach(node) || Away.Keys.Any(name => Channel.OfName(name) == node);

    public bool CanReach(Channel node)
    {
        OnCanReach();
        return Nodes.Keys.Any(name => Channel.OfName(name) == node);
    }

    public bool IsThisAgent(string agent) => agent == "here";

    public int CountSubscribers(string topic, string? group) => Subscribers.GetValueOrDefault(group is null ? topic : $"{topic}/{group}");

    /// <summary>From now on everything that these send meets congestion, and nothing else does.</summary>
    public void SetCongested(params ReadOnlySpan<string> senders)
    {
        var congested = new ConcurrentDictionary<Channel, bool>();
        foreach (string sender in senders)
        {
            congested[Channel.OfName(sender)] = true;
        }

        Volatile.Write(ref _congested, congested);
    }

    public bool TakeCongestion(Channel sender)
    {
        Interlocked.Increment(ref _asked);
        return Volatile.Read(ref _congested).ContainsKey(sender);
    }

    public void NodesChanged() => Interlocked.Increment(ref _changes);
}
