using LocalCast.Protocol;

namespace LocalCast.Broadcasting;

/// <summary>
/// What the hub asks of the way to other agents before it hands something over: who is there, without waiting.
/// All members are called from the hub's own threads, also under its locks; they must return at once and must not call the hub.
/// </summary>
public interface IUplink
{
    /// <summary>Whether any other agent can be reached.</summary>
    bool HasAgents { get; }

    /// <summary>How many nodes other agents have.</summary>
    int CountNodes();

    /// <summary>Whether another agent has a node by this channel, or had it when that agent could last be reached.</summary>
    bool HasNode(Channel node);

    /// <summary>Whether another agent has a node by this channel and can be reached now.</summary>
    bool CanReach(Channel node);

    /// <summary>Whether this is what this agent is called in addresses such as <c>name@agent</c>.</summary>
    bool IsThisAgent(string agent);

    /// <summary>Whether this agent is in a group, so that its participants may send to it.</summary>
    bool IsInGroup(string group);

    /// <summary>Whether other agents may learn which participants this machine has.</summary>
    bool TellsNodes { get; }

    /// <summary>How many participants of other agents subscribe to a topic.</summary>
    int CountSubscribers(string topic, string? group);

    /// <summary>Whether anything that a participant handed over since this was last asked of it met a link that is nearly full: it should slow down.</summary>
    bool TakeCongestion(Channel sender);

    /// <summary>The participants of this machine changed, or what they subscribe to.</summary>
    void NodesChanged();
}
