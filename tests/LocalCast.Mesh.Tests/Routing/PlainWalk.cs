namespace LocalCast.Mesh.Tests.Routing;

/// <summary>What an index has to find, found by walking all documents.</summary>
internal sealed class PlainWalk(MeshSelf self, LocalNodes here, DocumentStore store)
{
    public IEnumerable<MeshNode> Own => here.All.Select(node => new MeshNode(self.Id, node));

    /// <summary>One of each agent: the first, or the first that is ready.</summary>
    public MeshNode[] Elsewhere(string name) =>
    [
        .. store.Reachable.Select(document => document.Nodes.Where(node => node.Name == name).Select(node => new MeshNode(document.Id, node)).ToArray())
            .Where(nodes => nodes.Length > 0)
            .Select(nodes => nodes.FirstOrDefault(node => node.IsReady) is { Node: not null } ready ? ready : nodes[0]),
    ];

    public bool Has(MeshAddress wanted) => Own.Concat(Elsewhere(wanted.Node)).Any(node => IsMeant(wanted, node));

    /// <summary>All that may be found; this agent's own alone where it has one.</summary>
    public MeshNode[] Ready(MeshAddress wanted)
    {
        MeshNode[] own = [.. Own.Where(node => IsMeant(wanted, node) && node.IsReady)];
        return own.Length > 0 ? own : [.. Elsewhere(wanted.Node).Where(node => IsMeant(wanted, node) && node.IsReady)];
    }

    public bool HasHeardOf(string name) => store.All.Any(document => document.Left != true && document.Nodes.Any(node => node.Name == name));

    public IEnumerable<string> IdsOf(string agent) =>
        store.Reachable.Where(document => document.Name == agent).Select(document => document.Id).Concat(self.Name == agent ? [self.Id] : []).Order(StringComparer.Ordinal);

    private static bool IsMeant(MeshAddress wanted, MeshNode node) => node.Node.Name == wanted.Node && (wanted.Agent is null || wanted.Agent == node.Agent);
}
