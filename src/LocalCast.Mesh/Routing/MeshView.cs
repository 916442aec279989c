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
internal sealed record MeshView(MeshSelf Self, MeshOptions Options, OwnDocument Own, DocumentStore Store, MeshGraph Graph, LinkTable Links)
{
    /// <summary>The route of what begins here.</summary>
    public IReadOnlyList<string> RouteFromHere { get; } = [Self.Id];

    /// <summary>The nodes of other agents that can be reached.</summary>
    public IEnumerable<MeshNode> OtherNodes => Store.Reachable.SelectMany(document => document.Nodes.Select(node => new MeshNode(document.Id, node)));

    /// <summary>The nodes of the whole mesh.</summary>
    public IEnumerable<MeshNode> AllNodes => Own.Current.Nodes.Select(node => new MeshNode(Self.Id, node)).Concat(OtherNodes);

    /// <summary>The link to send to an agent by.</summary>
    public PeerLink? LinkTo(string agent) => Graph.TryFind(agent, out MeshPath? path) && Links.TryFindOpen(path.NextHop, out PeerLink? link) ? link : null;

    /// <summary>Whether an agent may see messages of a group.</summary>
    public bool IsMember(string agent, string? group) =>
        group is null
        || (agent == Self.Id ? Self.Groups.Contains(group) : Store.TryFind(agent, out AgentDocument? document) && document.Groups.Contains(group));
}
