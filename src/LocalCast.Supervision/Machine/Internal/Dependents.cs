namespace LocalCast.Supervision.Internal;

/// <summary>Who requires a name: the graph read backwards.</summary>
internal sealed class Dependents
{
    private readonly Dictionary<string, List<Dependent>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Node, List<Requirement>> _entered = [];

    internal IReadOnlyList<Dependent> Of(string name) => _byName.TryGetValue(name, out List<Dependent>? found) ? found : [];

    /// <summary>Enters what a node requires now, and what it will require by the manifest that was last read.</summary>
    internal void Enter(Node node)
    {
        Remove(node);
        List<Requirement> all = _entered[node] = [];
        Add(node.Manifest.Requires, isInForce: true);
        if (!ReferenceEquals(node.Manifest, node.Loaded))
        {
            Add(node.Loaded.Requires, isInForce: false);
        }

        void Add(IReadOnlyList<Requirement> requires, bool isInForce)
        {
            all.AddRange(requires);
            foreach (Requirement requirement in requires)
            {
                if (!_byName.TryGetValue(requirement.Node, out List<Dependent>? dependents))
                {
                    _byName[requirement.Node] = dependents = [];
                }

                dependents.Add(new Dependent(node, requirement, isInForce));
            }
        }
    }

    internal void Remove(Node node)
    {
        if (!_entered.Remove(node, out List<Requirement>? old))
        {
            return;
        }

        foreach (string name in old.Select(requirement => requirement.Node).Distinct(StringComparer.Ordinal))
        {
            List<Dependent> dependents = _byName[name];
            dependents.RemoveAll(dependent => ReferenceEquals(dependent.Node, node));
            if (dependents.Count == 0)
            {
                _byName.Remove(name);
            }
        }
    }
}

/// <summary>A node, and how it requires the name that it was found by: now, or by a manifest that is not in force yet.</summary>
internal readonly record struct Dependent(Node Node, Requirement Requirement, bool IsInForce);
