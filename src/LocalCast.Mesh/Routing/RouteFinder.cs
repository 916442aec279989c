using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Explains routes to people.</summary>
internal sealed class RouteFinder(MeshView view, NodeDirectory nodes, CircuitBreakers circuits, TimeSpan now)
{
    public RouteReport Find(string to)
    {
        MeshAddress address = nodes.WithId(MeshAddress.Parse(to));
        bool isAgent = address.Node == NodeName.Agent || address is { Node: "", Agent: not null }; // every agent answers for itself, whatever it tells of
        bool isOwn = isAgent || view.Here.All.Any(node => node.Name == address.Node && node.Role != "client");
        if (address.Agent == view.Self.Id || (address.Agent is null && isOwn))
        {
            return isOwn
                ? new RouteReport { Target = address with { Agent = view.Self.Id }, IsHere = true, Others = address.Agent is null && !isAgent ? [.. nodes.Holders(address.Node)] : [] }
                : Fail(LocalCastError.NodeNotFound, $"no node '{address.Node}' on this machine");
        }

        return address.Agent is { } agent ? FindAt(address, agent, isAgent) : FindAny(address.Node);
    }

    private RouteReport FindAny(string name)
    {
        MeshAddress[] holders = [.. nodes.Holders(name)];
        return holders.Length == 0 ? new RouteReport { Error = nodes.WhyNobody(name), AgentOfTheName = view.AgentsNamed(name).Count > 0 ? name : null } : Choose(holders);
    }

    /// <summary>The first whose circuit is not open.</summary>
    private RouteReport Choose(params MeshAddress[] holders)
    {
        ErrorInfo[] refusals = [.. holders.Select(holder => circuits.Refusal(holder, now)).OfType<ErrorInfo>()];
        MeshAddress[] fit = [.. holders.Where(holder => circuits.Refusal(holder, now) is null)];
        return fit is [var first, .. var others]
            ? new RouteReport { Target = first, Hops = HopsTo(first.Agent!), Others = others, LeftAlone = refusals }
            : new RouteReport { Error = refusals[0], LeftAlone = refusals };
    }

    private RouteReport FindAt(MeshAddress address, string agent, bool isAgent)
    {
        if (!view.Store.TryFind(agent, out AgentDocument? document) || view.LinkTo(agent) is null || !(isAgent || view.Store.IsReachable(agent)))
        {
            return new RouteReport { Error = view.WhyNoWay(agent) };
        }

        return isAgent || document.Nodes.Any(node => node.Name == address.Node && node.Role != "client")
            ? Choose(address)
            : Fail(LocalCastError.NodeNotFound, $"the agent '{agent}' has no node '{address.Node}', or does not tell of it");
    }

    /// <summary>Back from the target: the one before it is a neighbour from which the cost adds up.</summary>
    private List<RouteHop> HopsTo(string agent)
    {
        List<RouteHop> hops = [];
        while (view.Graph.TryFind(agent, out MeshPath? path))
        {
            AgentDocument? document = view.Store.TryFind(agent, out AgentDocument? found) ? found : null;
            string? before = path.Hops == 1 ? view.Self.Id : document?.Neighbours.Select(neighbour => neighbour.Id).FirstOrDefault(id => IsBefore(id, document, path));
            long costBefore = before is not null && view.Graph.TryFind(before, out MeshPath? shorter) ? shorter.Cost : 0;
            hops.Add(new RouteHop(agent, document?.Name, TimeSpan.FromMicroseconds(path.Cost - costBefore - MeshGraph.CostPerHop)));
            if (before is null || path.Hops == 1)
            {
                break; // without a predecessor, documents are newer than the paths: the rest is one step
            }

            agent = before;
        }

        hops.Reverse();
        return hops;
    }

    private bool IsBefore(string id, AgentDocument document, MeshPath path) =>
        view.Graph.TryFind(id, out MeshPath? before) && before.NextHop == path.NextHop && before.Hops == path.Hops - 1
        && view.Store.TryFind(id, out AgentDocument? other) && before.Cost + MeshGraph.CostOf(other, document) == path.Cost;

    private static RouteReport Fail(LocalCastError code, string why) => new() { Error = new ErrorInfo(code, why) };
}
