using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Which agents have the nodes that participants name.</summary>
internal sealed class NodeDirectory(MeshView view)
{
    /// <summary>Agents with a ready node of the name, the nearest first; nodes that are not ready come last, for their own error.</summary>
    public IEnumerable<MeshAddress> Holders(string name) => view.Nodes.AllElsewhere(name)
        .Where(item => item.Node.Role != "client")
        .OrderBy(item => item.Node.State is null or "Ready" ? 0 : 1)
        .ThenBy(item => view.Graph.TryFind(item.Agent, out MeshPath? path) ? path.Cost : long.MaxValue)
        .ThenBy(item => item.Agent, StringComparer.Ordinal)
        .Select(item => item.Address);

    /// <summary>Why there is no holder: no agent has such a node, or none of those that have it can be reached.</summary>
    public ErrorInfo WhyNobody(string name)
    {
        if (view.Absence.Why is { } away)
        {
            return away;
        }

        return view.Nodes.HasHeardOf(name)
            ? new ErrorInfo(LocalCastError.NoRoute, $"the agent of '{name}' cannot be reached now")
            : new ErrorInfo(LocalCastError.NodeNotFound, view.AgentsNamed(name).Count > 0 ? $"no node '{name}' in the mesh, but '{name}' is an agent: its nodes are NODE@{name}, it is localcast@{name}" : $"no node '{name}' in the mesh");
    }

    /// <summary>Why a node is not to be had, of which somebody waited that it be ready.</summary>
    public string WhyNotReady(string name)
    {
        MeshAddress wanted = WithId(MeshAddress.Parse(name));
        return view.Nodes.Has(wanted) ? $"'{name}' is not ready"
            : wanted.Agent is not { } agent ? $"'{name}' is nowhere in the mesh"
            : agent == view.Self.Id || (view.LinkTo(agent) is not null && view.Store.IsReachable(agent)) ? $"the agent '{agent}' has no node '{wanted.Node}', or does not tell of it"
            : view.WhyNoWay(agent).Message;
    }

    /// <summary>A person writes the agent's name; what it is known by is its id.</summary>
    public MeshAddress WithId(MeshAddress to) =>
        to.Agent is not { } agent || agent == view.Self.Id || view.Store.TryFind(agent, out _) ? to
        : view.AgentsNamed(agent) is [var id] ? to with { Agent = id }
        : to;
}
