using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>A participant somewhere in the mesh.</summary>
/// <param name="Agent">Where.</param>
/// <param name="Node">Who.</param>
internal readonly record struct MeshNode(string Agent, NodeDescription Node)
{
    public MeshAddress Address => new(Node.Name, Agent);
}

/// <summary>What the routing of messages may know of the rest: who this agent is, the documents, the paths, the links.</summary>
internal sealed record MeshView(MeshSelf Self, MeshOptions Options, LocalNodes Here, DocumentStore Store, MeshGraph Graph, LinkTable Links, Absence Absence)
{
    /// <summary>The route of what begins here.</summary>
    public IReadOnlyList<string> RouteFromHere { get; } = [Self.Id];

    /// <summary>The nodes of other agents that can be reached.</summary>
    public IEnumerable<MeshNode> OtherNodes => Store.Reachable.SelectMany(document => document.Nodes.Select(node => new MeshNode(document.Id, node)));

    /// <summary>The nodes of the whole mesh.</summary>
    public IEnumerable<MeshNode> AllNodes => Here.All.Select(node => new MeshNode(Self.Id, node)).Concat(OtherNodes);

    /// <summary>The link to send to an agent by.</summary>
    public PeerLink? LinkTo(string agent) => Graph.TryFind(agent, out MeshPath? path) && Links.TryFindOpen(path.NextHop, out PeerLink? link) ? link : null;

    /// <summary>Why nothing can be sent to an agent.</summary>
    public ErrorInfo WhyNoWay(string agent)
    {
        if (Absence.Why is { } away)
        {
            return away;
        }

        if (Store.TryFind(agent, out AgentDocument? document))
        {
            return new ErrorInfo(LocalCastError.NoRoute, document.Left == true ? $"the agent '{agent}' left" : $"the agent '{agent}' is known, but no link leads to it now");
        }

        string[] named = [.. Store.Reachable.Where(other => other.Name == agent).Select(other => other.Id).Order(StringComparer.Ordinal).Take(3)];
        return new ErrorInfo(LocalCastError.NoRoute, named.Length > 1 ? $"several agents are named '{agent}', so it takes the id of one: {string.Join(", ", named)}" : $"no agent '{agent}' is known");
    }

    /// <summary>Whether an agent may see messages of a group.</summary>
    public bool IsMember(string agent, string? group) =>
        group is null
        || (agent == Self.Id ? Self.Groups.Contains(group) : Store.TryFind(agent, out AgentDocument? document) && document.Groups.Contains(group));
}
