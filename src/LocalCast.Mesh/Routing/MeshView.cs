using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>A participant somewhere in the mesh.</summary>
/// <param name="Agent">Where.</param>
/// <param name="Node">Who.</param>
internal readonly record struct MeshNode(string Agent, NodeDescription Node)
{
    public MeshAddress Address => new(Node.Name, Agent);

    /// <summary>Whether it can be called.</summary>
    public bool IsReady => Node.State is null or "Ready" && Node.Role != "client";

    /// <summary>For whoever waited for it: its agent is not what it says itself.</summary>
    public NodeDescription Described => Node with { Agent = Agent };
}

/// <summary>What the routing of messages may know of the rest: who this agent is, the documents, the paths, the links.</summary>
internal sealed record MeshView(MeshSelf Self, MeshOptions Options, LocalNodes Here, DocumentStore Store, MeshGraph Graph, LinkTable Links, Absence Absence)
{
    private const int MostNamed = 5;
    private readonly AgentNames _names = new(Self, Store);

    /// <summary>The route of what begins here.</summary>
    public IReadOnlyList<string> RouteFromHere { get; } = [Self.Id];

    /// <summary>The nodes of the whole mesh, by name.</summary>
    public NodeIndex Nodes { get; } = new(Self, Here, Store);

    /// <summary>The link to send to an agent by.</summary>
    public PeerLink? LinkTo(string agent) => Graph.TryFind(agent, out MeshPath? path) && Links.TryFindOpen(path.NextHop, out PeerLink? link) ? link : null;

    /// <summary>Why nothing can be sent to an agent.</summary>
    public ErrorInfo WhyNoWay(string agent)
    {
        if (Absence.Why is { } away)
        {
            return away;
        }

        bool isKnown = Store.TryFind(agent, out AgentDocument? document);
        return new ErrorInfo(LocalCastError.NoRoute, document?.Left == true ? $"the agent '{agent}' left"
            : LinkTo(agent) is not null ? $"the agent '{agent}' can be reached, but what it tells of itself now is not here yet"
            : isKnown ? $"the agent '{agent}' is known, but no link leads to it now"
            : WhyNotOne(agent) ?? $"no agent '{agent}' is known");
    }

    /// <summary>The ids of the agents that bear a name, this one among them, in order; a name that is an agent's id means that agent only.</summary>
    public IReadOnlyList<string> AgentsNamed(string name) =>
        name == Self.Id || Store.TryFind(name, out _) ? [name]
        : _names.IdsOf(name);

    /// <summary>Says so when several agents bear a name.</summary>
    public string? WhyNotOne(string name) =>
        AgentsNamed(name) is { Count: > 1 } several
            ? $"several agents bear the name '{name}': ids {string.Join(", ", several.Take(MostNamed))}{(several.Count > MostNamed ? " and others" : "")}; say the id of the one that is meant"
            : null;

    /// <summary>Whether an agent may see messages of a group.</summary>
    public bool IsMember(string agent, string? group) =>
        group is null
        || (agent == Self.Id ? Self.Groups.Contains(group) : Store.TryFind(agent, out AgentDocument? document) && !Graph.IsOutdated(agent) && document.Groups.Contains(group));
}
