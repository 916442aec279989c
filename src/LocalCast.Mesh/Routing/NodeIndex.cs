namespace LocalCast.Mesh;

/// <summary>The nodes of the mesh by name and by agent: found without walking all documents. Made anew when it is asked for and documents, paths or the participants of this machine have changed.</summary>
internal sealed class NodeIndex(MeshSelf self, LocalNodes here, DocumentStore store)
{
    private Dictionary<MeshAddress, MeshNode> _best = [];
    private Dictionary<string, List<MeshNode>> _ready = [];
    private HashSet<string> _everHeardOf = [];
    private (long Documents, long Here) _madeOf = (-1, -1);

    /// <summary>Whether there is such a node, ready or not, here or where a way leads to.</summary>
    public bool Has(MeshAddress node)
    {
        Renew();
        return _best.ContainsKey(node);
    }

    /// <summary>A ready node: that of the agent, or of the first that has it, this one before all.</summary>
    public MeshNode? FindReady(MeshAddress node)
    {
        Renew();
        return _best.TryGetValue(node, out MeshNode found) && found.IsReady ? found : null;
    }

    /// <summary>The ready nodes of a name on other agents.</summary>
    public IReadOnlyList<MeshNode> ReadyElsewhere(string name)
    {
        Renew();
        return _ready.TryGetValue(name, out List<MeshNode>? nodes) ? nodes : [];
    }

    /// <summary>Whether any agent that has not left told of such a node, can it be reached or not.</summary>
    public bool HasHeardOf(string name)
    {
        Renew();
        return _everHeardOf.Contains(name);
    }

    private void Renew()
    {
        if (_madeOf == (store.Changes, here.Changes))
        {
            return;
        }

        (_best, _ready, _madeOf) = ([], new(StringComparer.Ordinal), (store.Changes, here.Changes));
        _everHeardOf = [.. store.All.Where(document => document.Left != true).SelectMany(document => document.Nodes).Select(node => node.Name)];
        foreach (Protocol.NodeDescription node in here.All)
        {
            Enter(new MeshNode(self.Id, node));
        }

        foreach (AgentDocument document in store.Reachable)
        {
            foreach (Protocol.NodeDescription node in document.Nodes)
            {
                Enter(new MeshNode(document.Id, node));
            }
        }
    }

    private void Enter(MeshNode node)
    {
        Better(node.Address, node);
        Better(node.Address with { Agent = null }, node);
        if (!node.IsReady || node.Agent == self.Id)
        {
            return;
        }

        if (!_ready.TryGetValue(node.Node.Name, out List<MeshNode>? all))
        {
            _ready.Add(node.Node.Name, all = []);
        }

        all.Add(node);
    }

    private void Better(MeshAddress address, MeshNode node)
    {
        if (!_best.TryGetValue(address, out MeshNode known) || (node.IsReady && !known.IsReady))
        {
            _best[address] = node;
        }
    }
}
