using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>The nodes of the mesh by name and by agent: found without walking all documents. Brought up to date when it is asked and documents, paths or the participants of this machine have changed; what did not change is not entered anew.</summary>
internal sealed class NodeIndex(MeshSelf self, LocalNodes here, DocumentStore store)
{
    private readonly DocumentNodes _others = new();
    private Dictionary<string, MeshNode> _own = [];
    private (long Documents, long Here) _madeOf = (-1, -1);

    /// <summary>Whether there is such a node, ready or not, here or where a way leads to.</summary>
    public bool Has(MeshAddress node)
    {
        Renew();
        return (IsOrMayBeOwn(node) && _own.ContainsKey(node.Node)) || (node.Agent is null ? _others.Has(node.Node) : _others.TryFind(node, out _));
    }

    /// <summary>A ready node: that of the agent, or of any that has it, this one before all.</summary>
    public MeshNode? FindReady(MeshAddress node)
    {
        Renew();
        return IsOrMayBeOwn(node) && _own.TryGetValue(node.Node, out MeshNode found) && found.IsReady ? found
            : node.Agent is null ? (_others.ReadyOf(node.Node) is [var first, ..] ? first : null)
            : _others.TryFind(node, out found) && found.IsReady ? found : null;
    }

    /// <summary>The ready nodes of a name on other agents, one of each agent. Good until documents change.</summary>
    public IReadOnlyList<MeshNode> ReadyElsewhere(string name)
    {
        Renew();
        return _others.ReadyOf(name);
    }

    /// <summary>The nodes of a name on other agents, one of each agent, ready or not. Good until documents change.</summary>
    public IEnumerable<MeshNode> AllElsewhere(string name)
    {
        Renew();
        return _others.ReadyOf(name).Concat(_others.UnreadyOf(name));
    }

    /// <summary>Whether any other agent that has not left told of such a node, can it be reached or not.</summary>
    public bool HasHeardOf(string name)
    {
        Renew();
        return _others.HasHeardOf(name);
    }

    private bool IsOrMayBeOwn(MeshAddress node) => node.Agent is null || node.Agent == self.Id;

    private void Renew()
    {
        if (_madeOf.Here != here.Changes)
        {
            _own = new Dictionary<string, MeshNode>(here.All.Count, StringComparer.Ordinal);
            foreach (NodeDescription node in here.All)
            {
                _own.TryAdd(node.Name, new MeshNode(self.Id, node));
            }
        }

        if (_madeOf.Documents != store.Changes)
        {
            _others.Update(store);
        }

        _madeOf = (store.Changes, here.Changes);
    }
}
