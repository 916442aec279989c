using System.Collections.Concurrent;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>Says of other agents what the test has it say. This agent is <c>here</c>.</summary>
internal sealed class FakeUplink : IUplink
{
    private int _changes;
    private int _congestion;

    /// <summary>The names of nodes that other agents have.</summary>
    public ConcurrentDictionary<string, bool> Nodes { get; } = new();

    public ConcurrentDictionary<string, int> Subscribers { get; } = new();

    public bool HasAgents { get; set; } = true;

    /// <summary>How often it was told that something changed here.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>How often it was asked whether it is congested, since that was set.</summary>
    public int Asked => Volatile.Read(ref _asked);

    private int _asked;

    public int CountNodes() => Nodes.Count;

    public bool HasNode(Channel node) => Nodes.Keys.Any(name => Channel.OfName(name) == node);

    public bool IsThisAgent(string agent) => agent == "here";

    public int CountSubscribers(string topic, string? group) => Subscribers.GetValueOrDefault(group is null ? topic : $"{topic}/{group}");

    /// <summary>From now on everything that is sent meets congestion, or nothing does.</summary>
    public void SetCongested(bool isCongested) => Volatile.Write(ref _congestion, isCongested ? 1 : 0);

    public bool TakeCongestion()
    {
        Interlocked.Increment(ref _asked);
        return Volatile.Read(ref _congestion) == 1;
    }

    public void NodesChanged() => Interlocked.Increment(ref _changes);
}
