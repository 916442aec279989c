using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Finds out why a node is not up, from what is known of all nodes. Pure functions.</summary>
public static class Why
{
    /// <summary>How many lines of stderr are shown of a node.</summary>
    public const int ErrorLines = 20;

    private const int MostLinks = 100;
    private const int MostHistory = 10;
    private const int MostBrief = 500;

    private static readonly Func<string, IReadOnlyList<string>> _noLines = _ => [];

    /// <summary>Explains a node.</summary>
    /// <param name="name">The node.</param>
    /// <param name="nodes">All nodes that the agent runs.</param>
    /// <param name="now">The time, by the clock of the views.</param>
    /// <param name="lastErrorLines">The last lines that a node wrote to stderr, oldest first. Only asked for nodes that are not well.</param>
    public static WhyReport Explain(string name, IReadOnlyDictionary<string, NodeView> nodes, TimeSpan now, Func<string, IReadOnlyList<string>> lastErrorLines)
    {
        (List<WhyLink> chain, int notShown) = Follow(name, nodes, now, lastErrorLines);
        IReadOnlyList<Transition> history = nodes.TryGetValue(name, out NodeView? view) ? view.History : [];
        return new WhyReport
        {
            Node = name,
            Chain = chain,
            NotShown = notShown,
            History = [.. history.TakeLast(MostHistory).Select(step => new WhyTransition(Ago(step.At, now), step.State, step.Cause, step.By))],
        };
    }

    /// <summary>The chain of causes in one line, for the error of a call that fails of it: <c>dht is Waiting for dns (since 3.2 s) ← dns is in Backoff: exit 139 (4 times), next try in 12.4 s</c>.</summary>
    public static string Brief(string name, IReadOnlyDictionary<string, NodeView> nodes, TimeSpan now)
    {
        (List<WhyLink> chain, _) = Follow(name, nodes, now, _noLines);
        IEnumerable<WhyLink> firstBranch = chain.TakeWhile((link, index) => link.Depth == index);
        return Words.Cut(Words.Harmless(string.Join(" ← ", firstBranch.Select(link => link.Summary))), MostBrief);
    }

    // Depth first, with a stack: a chain may be longer than the thread's own.
    private static (List<WhyLink> Chain, int NotShown) Follow(
        string name,
        IReadOnlyDictionary<string, NodeView> nodes,
        TimeSpan now,
        Func<string, IReadOnlyList<string>> lastErrorLines)
    {
        List<WhyLink> chain = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        Stack<(string Name, int Depth)> open = new([(name, 0)]);
        int notShown = 0;
        while (open.TryPop(out (string Name, int Depth) next))
        {
            if (!seen.Add(next.Name))
            {
                continue;
            }

            if (chain.Count == MostLinks)
            {
                notShown++;
            }
            else
            {
                chain.Add(nodes.TryGetValue(next.Name, out NodeView? view) ? LinkOf(next.Name, next.Depth, view, now, lastErrorLines) : LinkToNobody(next.Name, next.Depth, nodes.Values));
            }

            foreach (string other in nodes.GetValueOrDefault(next.Name)?.WaitingOn.Reverse() ?? [])
            {
                open.Push((other, next.Depth + 1));
            }
        }

        return (chain, notShown);
    }

    private static WhyLink LinkToNobody(string name, int depth, IEnumerable<NodeView> nodes)
    {
        bool isWantedOfTheMesh = nodes.Any(view => view.Manifest.Requires.Any(requirement => requirement.Node == name && requirement.IsMeshWide));
        string where = isWantedOfTheMesh ? "not on this machine, and ready on no agent of the mesh that can be reached" : "the agent does not run it, and nobody joined by that name";
        return new WhyLink { Node = name, Depth = depth, Summary = $"{name} is not there: {where}" };
    }

    private static WhyLink LinkOf(string name, int depth, NodeView view, TimeSpan now, Func<string, IReadOnlyList<string>> lastErrorLines)
    {
        bool isUnwell = view.State is SupervisedState.Starting or SupervisedState.Degraded or SupervisedState.Backoff or SupervisedState.CrashLoop or SupervisedState.Failed;
        return new WhyLink
        {
            Node = name,
            Depth = depth,
            Summary = StateSentence.Of(view, now),
            State = view.State,
            ForMs = Ago(view.Since, now),
            Reason = view.Reason,
            NextInMs = view.Until is { } until ? Math.Max(0, (long)(until - now).TotalMilliseconds) : null,
            Failures = view.Failures,
            WaitingOn = view.WaitingOn,
            LastExit = view.LastExit is { } exit ? Words.Of(exit) : null,
            ErrorLines = isUnwell ? [.. lastErrorLines(name).TakeLast(ErrorLines)] : [],
            Probe = view.LastProbe is { } probe ? new WhyProbe(Ago(probe.At, now), probe.IsOk, probe.Output) : null,
            Notes = view.Notes,
        };
    }

    private static long Ago(TimeSpan then, TimeSpan now) => Math.Max(0, (long)(now - then).TotalMilliseconds);
}
