namespace LocalCast.Supervision.Internal;

/// <summary>Judges whether a node may start by what it requires.</summary>
internal sealed class Prerequisites(Board board)
{
    /// <summary>Whether the node that is required is up, in a version that will do.</summary>
    internal bool IsMet(Requirement requirement) => TryFindUp(requirement, out string? version) && FitsVersion(requirement, version);

    /// <summary>Judges by a manifest of the node; pulls in what is missing and can come.</summary>
    internal Verdict Judge(Node node, NodeManifest manifest)
    {
        Wait wait = node.Wait;
        BeginWait(wait, manifest);
        Verdict verdict = Weigh(wait, manifest);
        if (verdict.Blocker is null)
        {
            Pull(node, manifest);
        }
        else if (wait.GaveUpOn is null)
        {
            wait.Since = null;
        }

        wait.UnblockedBy = verdict.On.Count > 0 ? verdict.On[^1] : wait.UnblockedBy;
        (wait.On, wait.Due, wait.Blocker) = (verdict.On, verdict.Due, verdict.Blocker);
        return verdict;
    }

    /// <summary>What a node that is down for good means to those who require it.</summary>
    internal static Chain Behind(Node prerequisite)
    {
        if (prerequisite.StoppedBy is { } by)
        {
            return new Chain([prerequisite.Name], $"{SupervisedState.Disabled}: it was stopped by {(by == "operator" ? "the operator" : by)}");
        }

        return prerequisite.Wait.Blocker is { } chain ? chain.Behind(prerequisite.Name) : new Chain([prerequisite.Name], prerequisite.StateAndReason);
    }

    // When the one that it gave up on is up after all, the others get their full time again.
    private void BeginWait(Wait wait, NodeManifest manifest)
    {
        if (wait.GaveUpOn is { } late && !manifest.Requires.Any(requirement => requirement.Node == late && !IsMet(requirement)))
        {
            wait.GaveUpOn = null;
            wait.Since = null;
        }

        wait.Since ??= board.Now;
    }

    private Verdict Weigh(Wait wait, NodeManifest manifest)
    {
        List<string> coming = [];
        TimeSpan? due = null;
        foreach (Requirement requirement in manifest.Requires)
        {
            if (requirement.Mode == RequirementMode.Soft)
            {
                AddSoft(requirement);
                continue;
            }

            if (Obstacle(requirement) is { } obstacle)
            {
                wait.GaveUpOn = null;
                return new Verdict([requirement.Node], null, obstacle);
            }

            if (IsMet(requirement))
            {
                continue;
            }

            TimeSpan? end = EndOfWait(wait, requirement);
            if (wait.GaveUpOn == requirement.Node || (wait.GaveUpOn is null && Due.HasCome(end, board.Now)))
            {
                wait.GaveUpOn = requirement.Node;
                string how = board.Nodes.TryGetValue(requirement.Node, out Node? late) ? late.StateAndReason : "no agent of the mesh has it ready";
                return new Verdict([requirement.Node], null, new Chain([requirement.Node], $"{how} (waited {Due.Say(requirement.Timeout)})"));
            }

            coming.Add(requirement.Node);
            due = Due.Min(due, end);
        }

        return new Verdict(coming, due, null);

        void AddSoft(Requirement requirement)
        {
            bool isOnItsWay = board.Nodes.TryGetValue(requirement.Node, out Node? other)
                && other.IsWanted && other.State is SupervisedState.Waiting or SupervisedState.Starting && other.Wait.Blocker is null;
            TimeSpan? end = isOnItsWay ? EndOfWait(wait, requirement) : null;
            if (isOnItsWay && !Due.HasCome(end, board.Now))
            {
                coming.Add(requirement.Node);
                due = Due.Min(due, end);
            }
        }
    }

    // What no waiting helps against; null when the prerequisite is up, or can still come.
    private Chain? Obstacle(Requirement requirement)
    {
        if (TryFindUp(requirement, out string? version))
        {
            return FitsVersion(requirement, version) ? null
                : new Chain([requirement.Node], $"version {version ?? "unknown"}, not {requirement.Version!.Text}");
        }

        if (!board.Nodes.TryGetValue(requirement.Node, out Node? node))
        {
            return !requirement.IsMeshWide ? new Chain([requirement.Node], "there is no such node")
                : !board.Options.HasMesh ? new Chain([requirement.Node], "it is not here, and there is no mesh uplink")
                : requirement.Mode == RequirementMode.Present ? new Chain([requirement.Node], "no agent of the mesh has it ready")
                : null;
        }

        return requirement.Mode == RequirementMode.Present || CannotCome(node) ? Behind(node) : null;
    }

    private static bool CannotCome(Node node) =>
        node.StoppedBy is not null
        || node.Wait.Blocker is not null
        || node.IsGone
        || node.State is SupervisedState.Failed or SupervisedState.Completed
        || (node.State == SupervisedState.Disabled && node.Loaded.DisabledBecause is not null);

    // This machine's own comes first.
    private bool TryFindUp(Requirement requirement, out string? version) =>
        TryFindUpHere(requirement.Node, out version) || (requirement.IsMeshWide && board.MeshNodes.TryGetValue(requirement.Node, out version));

    private bool TryFindUpHere(string name, out string? version)
    {
        board.Nodes.TryGetValue(name, out Node? node);
        if (board.Foreigners.TryGetValue(name, out ForeignInstance? foreign) && foreign is { IsReady: true, AskedUntil: null })
        {
            version = foreign.Version ?? node?.Manifest.Version;
            return true;
        }

        version = node?.Current?.Version ?? node?.Manifest.Version;
        return node is { IsUp: true } or { IsJobDone: true };
    }

    private static bool FitsVersion(Requirement requirement, string? version) =>
        requirement.Version is null || (version is not null && requirement.Version.Contains(version));

    // While the prerequisite waits for its own, nobody is late: else the last of a long chain would give up before its turn.
    private TimeSpan? EndOfWait(Wait wait, Requirement requirement)
    {
        TimeSpan since = wait.Since ?? board.Now;
        if (!board.Nodes.TryGetValue(requirement.Node, out Node? node))
        {
            return since + requirement.Timeout; // it is another agent's
        }

        if (node.Wait.TryingSince is not { } trying)
        {
            return node.State == SupervisedState.Waiting ? null : since + requirement.Timeout;
        }

        return (trying > since ? trying : since) + requirement.Timeout;
    }

    private void Pull(Node node, NodeManifest manifest)
    {
        foreach (Requirement requirement in manifest.Requires)
        {
            if (requirement.Mode is RequirementMode.Start or RequirementMode.Bind
                && board.Nodes.TryGetValue(requirement.Node, out Node? needed)
                && needed.Wanting == Wanting.Nobody && !IsMet(requirement))
            {
                (needed.Wanting, needed.WantedBy) = (Wanting.Demand, node.Name);
                board.Touch(needed);
            }
        }
    }
}

/// <summary>What there is to say about a node's prerequisites; with nothing to wait for and no blocker, it may start.</summary>
/// <param name="On">Those that are waited for, or the one that blocks.</param>
/// <param name="Due">When the first wait is over.</param>
/// <param name="Blocker">Why it cannot start.</param>
internal sealed record Verdict(IReadOnlyList<string> On, TimeSpan? Due, Chain? Blocker)
{
    internal bool IsMet => Blocker is null && On.Count == 0;
}
