using System.Text;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Writes who needs whom for Graphviz: <c>dot -Tsvg</c>.</summary>
public static class GraphDot
{
    /// <summary>Writes the graph; arrows lead from a node to what it requires.</summary>
    public static string Of(IReadOnlyDictionary<string, NodeView> nodes)
    {
        var text = new StringBuilder("digraph localcast {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"];\n");
        foreach ((string name, NodeView node) in nodes.OrderBy(node => node.Key, StringComparer.Ordinal))
        {
            text.Append("  ").Append(Quote(name)).Append(" [label=").Append(Quote(name, node.State.ToString())).Append(", fillcolor=").Append(Quote(ColourOf(node.State))).Append("];\n");
        }

        IEnumerable<string> strangers = nodes.Values.SelectMany(node => node.Manifest.Requires).Select(requirement => requirement.Node).Where(name => !nodes.ContainsKey(name));
        foreach (string name in strangers.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            text.Append("  ").Append(Quote(name)).Append(" [label=").Append(Quote(name, "not run by this agent")).Append(", style=\"rounded,dashed\"];\n");
        }

        foreach ((string name, NodeView node) in nodes.OrderBy(node => node.Key, StringComparer.Ordinal))
        {
            foreach (Requirement requirement in node.Manifest.Requires)
            {
                text.Append("  ").Append(Quote(name)).Append(" -> ").Append(Quote(requirement.Node)).Append(StyleOf(requirement.Mode)).Append(";\n");
            }
        }

        return text.Append("}\n").ToString();
    }

    private static string StyleOf(RequirementMode mode) => mode switch
    {
        RequirementMode.Start => "",
        RequirementMode.Bind => " [label=\"bind\", style=bold]",
        RequirementMode.Soft => " [label=\"soft\", style=dotted]",
        _ => $" [label=\"{ManifestWords.Of(mode)}\", style=dashed]",
    };

    private static string ColourOf(SupervisedState state) => state switch
    {
        SupervisedState.Ready or SupervisedState.Completed => "#d5f0d5",
        SupervisedState.Failed or SupervisedState.CrashLoop => "#f5c6c6",
        SupervisedState.Backoff or SupervisedState.Degraded => "#fbe3b5",
        SupervisedState.Disabled => "#e4e4e4",
        _ => "#dbe7fb",
    };

    // Inside quotes only the quote and the backslash mean something to Graphviz; lines of a label are parted by a backslash and n.
    private static string Quote(params IEnumerable<string> lines) =>
        $"\"{string.Join("\\n", lines.Select(line => Words.Harmless(line).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)))}\"";
}
