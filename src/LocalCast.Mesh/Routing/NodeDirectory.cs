using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Which agents have the nodes that participants name.</summary>
internal sealed class NodeDirectory(MeshView view)
{
    /// <summary>Agents with a ready node of the name, the nearest first; nodes that are not ready come last, for their own error.</summary>
    public IEnumerable<MeshAddress> Holders(string name) => view.OtherNodes
        .Where(item => item.Node.Name == name && item.Node.Role != "client")
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

        bool isSomewhere = view.Store.All.Any(document => document.Left != true && document.Nodes.Any(node => node.Name == name));
        return isSomewhere
            ? new ErrorInfo(LocalCastError.NoRoute, $"the agent of '{name}' cannot be reached now")
            : new ErrorInfo(LocalCastError.NodeNotFound, $"no node '{name}' in the mesh");
    }

    /// <summary>A person writes the agent's name; what it is known by is its id.</summary>
    public MeshAddress WithId(MeshAddress to)
    {
        if (to.Agent is not { } agent || agent == view.Self.Id || view.Store.TryFind(agent, out _))
        {
            return to;
        }

        string[] named = [.. view.Store.Reachable.Where(document => document.Name == agent).Select(document => document.Id).Take(2)];
        return named is [var id] ? to with { Agent = id } : to;
    }
}
