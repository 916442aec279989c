using System.Text;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Draws who needs whom as a tree of text, with the states. A node that was drawn before is not taken apart again.</summary>
public static class GraphText
{
    // Deeper levels are not indented further; terminals have an end.
    private const int MostIndent = 120;

    /// <summary>Draws the tree, beginning with the nodes that nobody requires.</summary>
    public static string Of(IReadOnlyDictionary<string, NodeView> nodes)
    {
        HashSet<string> required = new(nodes.Values.SelectMany(node => node.Manifest.Requires.Select(requirement => requirement.Node)), StringComparer.Ordinal);
        string[] names = [.. nodes.Keys.Order(StringComparer.Ordinal)];
        var text = new StringBuilder();
        HashSet<string> drawn = new(StringComparer.Ordinal);

        // What goes round in a circle is required by somebody and so has no top: any of it will do.
        foreach (string top in names.Where(name => !required.Contains(name)).Concat(names))
        {
            if (!drawn.Contains(top))
            {
                Draw(text, top, nodes, drawn);
            }
        }

        return text.ToString();
    }

    private static void Draw(StringBuilder text, string top, IReadOnlyDictionary<string, NodeView> nodes, HashSet<string> drawn)
    {
        Stack<Branch> open = new([new Branch(top, "", "", "")]);
        while (open.TryPop(out Branch? branch))
        {
            NodeView? node = nodes.GetValueOrDefault(branch.Name);
            bool isNew = drawn.Add(branch.Name);
            text.Append(branch.Indent).Append(branch.Fork).Append(Words.Harmless(branch.Name)).Append(branch.Mode);
            text.Append("  ").Append(node is null ? "(not run by this agent)" : node.State.ToString());
            IReadOnlyList<Requirement> below = node?.Manifest.Requires ?? [];
            text.Append(!isNew && below.Count > 0 ? "  (see above)\n" : "\n");
            if (!isNew)
            {
                continue;
            }

            string indent = branch.Indent.Length >= MostIndent ? branch.Indent : branch.Indent + branch.Continuation;
            for (int i = below.Count - 1; i >= 0; i--)
            {
                string mode = below[i].Mode == RequirementMode.Start ? "" : $" ({ManifestWords.Of(below[i].Mode)})";
                open.Push(new Branch(below[i].Node, indent, i == below.Count - 1 ? "└─ " : "├─ ", mode));
            }
        }
    }

    private sealed record Branch(string Name, string Indent, string Fork, string Mode)
    {
        public string Continuation => Fork switch
        {
            "" => "",
            "├─ " => "│  ",
            _ => "   ",
        };
    }
}
