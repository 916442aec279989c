using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Who needs whom among the nodes that the agent runs. Immutable. Nothing here recurses: a chain may be as long as there are nodes.</summary>
public sealed class DependencyGraph
{
    private static readonly IReadOnlyList<string> _nobody = [];

    private readonly Dictionary<string, NodeManifest> _manifests;
    private readonly Dictionary<string, IReadOnlyList<string>> _prerequisites;
    private readonly Dictionary<string, List<string>> _dependents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _bound = new(StringComparer.Ordinal);

    /// <summary>Looks at the requirements of all manifests.</summary>
    /// <param name="manifests">The nodes; each name once.</param>
    /// <param name="otherNames">Names that may be required though the agent does not run them: of nodes that joined by themselves, and of broken ones, which are Failed but not unknown.</param>
    public DependencyGraph(IEnumerable<NodeManifest> manifests, IReadOnlySet<string>? otherNames = null)
    {
        _manifests = manifests.ToDictionary(manifest => manifest.Name, StringComparer.Ordinal);
        _prerequisites = _manifests.Values.ToDictionary(manifest => manifest.Name, PrerequisitesOf, StringComparer.Ordinal);
        foreach (NodeManifest manifest in _manifests.Values)
        {
            foreach (Requirement requirement in manifest.Requires)
            {
                Add(_dependents, requirement.Node, manifest.Name);
                if (requirement.Mode == RequirementMode.Bind)
                {
                    Add(_bound, requirement.Node, manifest.Name);
                }
            }
        }

        Refusals = Refuse(otherNames ?? new HashSet<string>());
        Layers = DependencyLayers.Of([.. _manifests.Keys.Where(name => !Refusals.ContainsKey(name))], PrerequisitesOf);
    }

    /// <summary>Nodes that must not be started, each with the reason: a cycle, itself, or an unknown name in its requirements.</summary>
    public IReadOnlyDictionary<string, string> Refusals { get; }

    /// <summary>The other nodes in layers: a node's prerequisites are all in layers before its own. Sorted by name within a layer.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Layers { get; }

    /// <summary>All nodes.</summary>
    public IReadOnlyCollection<NodeManifest> Manifests => _manifests.Values;

    /// <summary>The nodes of the agent that a node requires, in any mode.</summary>
    public IReadOnlyList<string> PrerequisitesOf(string name) => _prerequisites.GetValueOrDefault(name, _nobody);

    /// <summary>The nodes that require a node, in any mode.</summary>
    public IReadOnlyList<string> DependentsOf(string name) => _dependents.TryGetValue(name, out List<string>? dependents) ? dependents : _nobody;

    /// <summary>Nodes, and all that go down with them because they are bound to them.</summary>
    public IReadOnlySet<string> WithBoundDependents(IEnumerable<string> names) => Closure(names, name => _bound.TryGetValue(name, out List<string>? bound) ? bound : _nobody);

    /// <summary>Nodes, and all that have to be up before them: what is started when they are started.</summary>
    public IReadOnlySet<string> WithPrerequisites(IEnumerable<string> names) => Closure(names, StartedPrerequisitesOf);

    internal NodeManifest? Find(string name) => _manifests.GetValueOrDefault(name);

    private static HashSet<string> Closure(IEnumerable<string> names, Func<string, IEnumerable<string>> next)
    {
        HashSet<string> all = new(names, StringComparer.Ordinal);
        var open = new Queue<string>(all);
        while (open.TryDequeue(out string? name))
        {
            foreach (string other in next(name).Where(all.Add))
            {
                open.Enqueue(other);
            }
        }

        return all;
    }

    private IEnumerable<string> StartedPrerequisitesOf(string name) => Find(name)?.Requires
        .Where(requirement => requirement.Mode is RequirementMode.Start or RequirementMode.Bind && _manifests.ContainsKey(requirement.Node))
        .Select(requirement => requirement.Node) ?? [];

    private IReadOnlyList<string> PrerequisitesOf(NodeManifest manifest) =>
        [.. manifest.Requires.Select(requirement => requirement.Node).Where(_manifests.ContainsKey).Distinct(StringComparer.Ordinal)];

    private static void Add(Dictionary<string, List<string>> index, string key, string name)
    {
        if (!index.TryGetValue(key, out List<string>? names))
        {
            index[key] = names = [];
        }

        names.Add(name);
    }

    private Dictionary<string, string> Refuse(IReadOnlySet<string> otherNames)
    {
        Dictionary<string, string> refusals = new(StringComparer.Ordinal);
        foreach (NodeManifest manifest in _manifests.Values)
        {
            string[] unknown = [.. manifest.Requires.Where(requirement => IsUnknown(requirement, otherNames)).Select(requirement => requirement.Node)];
            if (manifest.Requires.Any(requirement => requirement.Node == manifest.Name))
            {
                refusals[manifest.Name] = $"it requires itself: {manifest.Name} → {manifest.Name}";
            }
            else if (unknown.Length > 0)
            {
                refusals[manifest.Name] = Unknown(manifest.Name, unknown);
            }
        }

        foreach ((string name, string path) in DependencyCycles.Find([.. _manifests.Keys.Order(StringComparer.Ordinal)], PrerequisitesOf))
        {
            refusals.TryAdd(name, $"its requirements go round in a circle: {path}");
        }

        return refusals;
    }

    private bool IsUnknown(Requirement requirement, IReadOnlySet<string> otherNames) =>
        requirement is { Mode: RequirementMode.Start or RequirementMode.Bind, IsMeshWide: false } && !_manifests.ContainsKey(requirement.Node) && !otherNames.Contains(requirement.Node);

    private string Unknown(string name, string[] unknown)
    {
        string hint = unknown.Length == 1 ? NearMiss.Ask(unknown[0], _manifests.Keys.Where(known => known != name)) : "";
        return $"it requires what nobody knows: {string.Join(", ", unknown.Select(node => $"{name} → {node}"))}; there is no such plugin and no such node joined{hint}";
    }
}
