namespace LocalCast.Supervision.Internal;

/// <summary>What there is to say about a node's prerequisites; with nothing to wait for and no blocker, it may start.</summary>
/// <param name="On">Those that are waited for, or the one that blocks.</param>
/// <param name="Due">When the first wait is over.</param>
/// <param name="Blocker">Why it cannot start.</param>
internal sealed record Verdict(IReadOnlyList<string> On, TimeSpan? Due, Chain? Blocker)
{
    internal bool IsMet => Blocker is null && On.Count == 0;
}
