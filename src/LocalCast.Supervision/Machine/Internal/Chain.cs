namespace LocalCast.Supervision.Internal;

/// <summary>Why a node cannot start, from its own prerequisite down to the node where the trouble is.</summary>
/// <param name="Links">The nodes; the middle of a long chain is left out.</param>
/// <param name="Root">What is wrong with the last one.</param>
internal sealed record Chain(IReadOnlyList<string> Links, string Root)
{
    private const int MaxLinks = 12;
    private const string LeftOut = "…";

    internal Chain Behind(string node) => Links.Count < MaxLinks
        ? this with { Links = [node, .. Links] }
        : this with { Links = [node, .. Links.Take(MaxLinks - 3).Where(link => link != LeftOut), LeftOut, Links[^1]] };

    public override string ToString() => $"requires {string.Join(" ← ", Links)} ← {Root}";
}
