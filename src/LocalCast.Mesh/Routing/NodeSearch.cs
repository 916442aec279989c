namespace LocalCast.Mesh;

/// <summary>Finds what requirements wait for, during one look at many of them: they may wait for the same name, and many agents may have it.</summary>
internal sealed class NodeSearch(MeshView view, Confirmations confirmations, TimeSpan now)
{
    /// <summary>To see when a node showed itself takes a part of the time that finding it by its name takes.</summary>
    private const int SeenInOneStep = 8;

    private readonly NodeDirectory _nodes = new(view);
    private readonly Dictionary<string, (MeshNode Node, TimeSpan At)?> _latest = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unasked = new(StringComparer.Ordinal);
    private readonly HashSet<string> _agents = new(StringComparer.Ordinal);

    /// <summary>How much was looked at so far: about the number of names.</summary>
    public int Steps { get; set; }

    /// <summary>The node that a requirement waits for by a name, or <see langword="null"/>.</summary>
    public MeshNode? Find(string name, Requirement requirement)
    {
        Steps++;
        MeshAddress wanted = _nodes.WithId(MeshAddress.Parse(name));
        if (requirement.Freshness is not { } freshness)
        {
            return view.Nodes.FindReady(wanted);
        }

        bool mayBeHere = wanted.Agent is null || wanted.Agent == view.Self.Id;
        if (mayBeHere && view.Nodes.FindReady(wanted with { Agent = view.Self.Id }) is { } own && requirement.Fits?.Invoke(own.Node) != false)
        {
            return own; // this agent sees it itself
        }

        return LatestOf(wanted, requirement) is { } latest && now - latest.At <= freshness ? latest.Node : null;
    }

    /// <summary>A node was not found: all agents that have it are to be asked, whoever answers first will do.</summary>
    public void Miss(string name, Requirement requirement)
    {
        MeshAddress wanted = _nodes.WithId(MeshAddress.Parse(name));
        if (!IsForMany(wanted, requirement) || _unasked.Add(wanted.Node))
        {
            _agents.UnionWith(Candidates(wanted, requirement).Select(node => node.Agent));
        }
    }

    /// <summary>Asks them. The end of the look.</summary>
    public void Ask() => confirmations.Ask(_agents, now);

    private (MeshNode Node, TimeSpan At)? LatestOf(MeshAddress wanted, Requirement requirement)
    {
        bool isForMany = IsForMany(wanted, requirement);
        if (isForMany && _latest.TryGetValue(wanted.Node, out (MeshNode Node, TimeSpan At)? known))
        {
            return known;
        }

        (MeshNode Node, TimeSpan At)? latest = null;
        int seen = 0;
        foreach (MeshNode node in Candidates(wanted, requirement))
        {
            seen++;
            if (confirmations.LastOf(node.Address) is { } at && !(latest?.At >= at))
            {
                latest = (node, at);
            }
        }

        Steps += seen / SeenInOneStep;
        if (isForMany)
        {
            _latest.Add(wanted.Node, latest);
        }

        return latest;
    }

    /// <summary>Whether the answer is the same for all who wait for the name.</summary>
    private static bool IsForMany(MeshAddress wanted, Requirement requirement) => wanted.Agent is null && requirement.Fits is null;

    private IEnumerable<MeshNode> Candidates(MeshAddress wanted, Requirement requirement)
    {
        IEnumerable<MeshNode> ready = wanted.Agent is null ? view.Nodes.ReadyElsewhere(wanted.Node)
            : wanted.Agent != view.Self.Id && view.Nodes.FindReady(wanted) is { } node ? [node]
            : [];
        return requirement.Fits is { } fits ? ready.Where(node => fits(node.Node)) : ready;
    }
}
