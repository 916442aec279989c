using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Finds nodes that have lately shown that they live, for one look at all who wait: many wait for the same name, and many agents may have it.</summary>
internal sealed class FreshNodes(MeshView view, Confirmations confirmations, TimeSpan now)
{
    private readonly Dictionary<string, (MeshNode Node, TimeSpan At)?> _latest = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>The node, or <see langword="null"/>; all agents that have it are asked then.</summary>
    /// <param name="wanted">Which.</param>
    /// <param name="fits">Which of several by that name will do; <see langword="null"/> for any.</param>
    /// <param name="freshness">How long ago it may have shown itself.</param>
    public MeshNode? Find(MeshAddress wanted, Predicate<NodeDescription>? fits, TimeSpan freshness)
    {
        bool mayBeHere = wanted.Agent is null || wanted.Agent == view.Self.Id;
        if (mayBeHere && view.Nodes.FindReady(wanted with { Agent = view.Self.Id }) is { } own && fits?.Invoke(own.Node) != false)
        {
            return own; // this agent sees it itself
        }

        if (LatestOf(wanted, fits) is { } latest && now - latest.At <= freshness)
        {
            return latest.Node;
        }

        // No short cut: each is asked, whoever answers first will do.
        if (wanted.Agent is not null || fits is not null || _asked.Add(wanted.Node))
        {
            foreach (MeshNode node in Candidates(wanted, fits))
            {
                confirmations.Ask(node.Agent, now);
            }
        }

        return null;
    }

    private (MeshNode Node, TimeSpan At)? LatestOf(MeshAddress wanted, Predicate<NodeDescription>? fits)
    {
        bool isForMany = wanted.Agent is null && fits is null;
        if (isForMany && _latest.TryGetValue(wanted.Node, out (MeshNode Node, TimeSpan At)? known))
        {
            return known;
        }

        (MeshNode Node, TimeSpan At)? latest = null;
        foreach (MeshNode node in Candidates(wanted, fits))
        {
            if (confirmations.LastOf(node.Address) is { } at && !(latest?.At >= at))
            {
                latest = (node, at);
            }
        }

        if (isForMany)
        {
            _latest.Add(wanted.Node, latest);
        }

        return latest;
    }

    private IEnumerable<MeshNode> Candidates(MeshAddress wanted, Predicate<NodeDescription>? fits)
    {
        IEnumerable<MeshNode> ready = wanted.Agent is null ? view.Nodes.ReadyElsewhere(wanted.Node)
            : wanted.Agent != view.Self.Id && view.Nodes.FindReady(wanted) is { } node ? [node]
            : [];
        return fits is null ? ready : ready.Where(node => fits(node.Node));
    }
}
