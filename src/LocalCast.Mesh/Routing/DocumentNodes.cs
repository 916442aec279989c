using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>The nodes that documents tell of. A document that is the same as before costs one comparison: a mesh may tell of a hundred thousand nodes, and one of its agents changes.</summary>
internal sealed class DocumentNodes
{
    private static readonly List<MeshNode> _none = [];
    private readonly Dictionary<string, Entered> _entered = new(StringComparer.Ordinal);
    private readonly Dictionary<MeshAddress, (MeshNode Node, int Place)> _byAddress = [];
    private readonly Dictionary<string, Namesakes> _byName = new(StringComparer.Ordinal);
    private int _round;

    /// <summary>Whether an agent that can be reached has it.</summary>
    public bool Has(string name) => _byName.TryGetValue(name, out Namesakes? all) && all.Ready.Count + all.Unready.Count > 0;

    /// <summary>Whether an agent told of it, can it be reached or not.</summary>
    public bool HasHeardOf(string name) => _byName.ContainsKey(name);

    /// <summary>The node of one agent that can be reached. Where its document has the name twice, the one that is ready.</summary>
    public bool TryFind(MeshAddress address, out MeshNode node)
    {
        bool isThere = _byAddress.TryGetValue(address, out (MeshNode Node, int Place) found);
        node = found.Node;
        return isThere;
    }

    public IReadOnlyList<MeshNode> ReadyOf(string name) => _byName.TryGetValue(name, out Namesakes? all) ? all.Ready : _none;

    public IReadOnlyList<MeshNode> UnreadyOf(string name) => _byName.TryGetValue(name, out Namesakes? all) ? all.Unready : _none;

    /// <summary>Enters what changed since the last time.</summary>
    public void Update(DocumentStore store)
    {
        _round++;
        foreach (AgentDocument document in store.All)
        {
            bool isReachable = store.IsReachable(document.Id);
            if (_entered.TryGetValue(document.Id, out Entered? before))
            {
                before.Round = _round;
                if (ReferenceEquals(before.Document, document) && before.IsReachable == isReachable)
                {
                    continue;
                }

                Forget(before);
            }

            var now = new Entered(document, isReachable) { Round = _round };
            _entered[document.Id] = now;
            Enter(now);
        }

        if (_entered.Count > store.Count)
        {
            foreach (Entered gone in _entered.Values.Where(entered => entered.Round != _round).ToArray())
            {
                Forget(gone);
                _entered.Remove(gone.Document.Id);
            }
        }
    }

    private void Enter(Entered entered)
    {
        foreach (NodeDescription node in entered.Nodes)
        {
            if (!_byName.TryGetValue(node.Name, out Namesakes? all))
            {
                _byName.Add(node.Name, all = new Namesakes());
            }

            all.Told++;
            if (entered.IsReachable)
            {
                Enter(new MeshNode(entered.Document.Id, node), all);
            }
        }
    }

    private void Enter(MeshNode node, Namesakes all)
    {
        if (_byAddress.TryGetValue(node.Address, out (MeshNode Node, int Place) known))
        {
            if (known.Node.IsReady || !node.IsReady)
            {
                return;
            }

            TakeOut(known, all);
        }

        List<MeshNode> list = all.ListOf(node);
        _byAddress[node.Address] = (node, list.Count);
        list.Add(node);
    }

    private void Forget(Entered entered)
    {
        foreach (NodeDescription node in entered.Nodes)
        {
            Namesakes all = _byName[node.Name];
            if (entered.IsReachable && _byAddress.Remove(new MeshAddress(node.Name, entered.Document.Id), out (MeshNode Node, int Place) known))
            {
                TakeOut(known, all);
            }

            if (--all.Told == 0)
            {
                _byName.Remove(node.Name);
            }
        }
    }

    /// <summary>The last of its list takes its place: a thousand agents may have the name.</summary>
    private void TakeOut((MeshNode Node, int Place) known, Namesakes all)
    {
        List<MeshNode> list = all.ListOf(known.Node);
        MeshNode last = list[^1];
        list.RemoveAt(list.Count - 1);
        if (known.Place < list.Count)
        {
            list[known.Place] = last;
            _byAddress[last.Address] = (last, known.Place);
        }
    }

    /// <summary>A document whose nodes are entered.</summary>
    private sealed class Entered(AgentDocument document, bool isReachable)
    {
        public AgentDocument Document => document;

        public bool IsReachable => isReachable;

        /// <summary>None of an agent that left.</summary>
        public IReadOnlyList<NodeDescription> Nodes => document.Left == true ? [] : document.Nodes;

        public int Round { get; set; }
    }

    /// <summary>All nodes of a name.</summary>
    private sealed class Namesakes
    {
        /// <summary>How often documents tell of it, also those of agents that cannot be reached.</summary>
        public int Told { get; set; }

        public List<MeshNode> Ready { get; } = [];

        public List<MeshNode> Unready { get; } = [];

        public List<MeshNode> ListOf(MeshNode node) => node.IsReady ? Ready : Unready;
    }
}
