namespace LocalCast.Supervision.Internal;

/// <summary>Judges whether a node may start by what it requires.</summary>
internal sealed class Prerequisites(Board board, Proofs proofs)
{
    /// <summary>Whether the node that is required is up, in a version that will do.</summary>
    internal bool IsMet(Requirement requirement) => IsMetHere(requirement) || (requirement.IsMeshWide && MeshVersions(requirement).Any(version => requirement.Fits(version)));

    /// <summary>Judges by a manifest of the node; pulls in what is missing and can come.</summary>
    internal Verdict Judge(Node node, NodeManifest manifest)
    {
        Wait wait = node.Wait;
        BeginWait(wait, manifest);
        Verdict verdict = Weigh(node, manifest);
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

    private Verdict Weigh(Node node, NodeManifest manifest)
    {
        Wait wait = node.Wait;
        List<string> coming = [];
        List<Requirement> toShow = [];
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
                if (requirement.Freshness is not null && !IsMetHere(requirement))
                {
                    toShow.Add(requirement);
                }

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

        // Last, when all else is there: what was shown long before the start says nothing.
        return coming.Count > 0 ? new Verdict(coming, due, null) : proofs.Weigh(node, toShow);

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
        if (IsMet(requirement))
        {
            return null;
        }

        bool isHere = board.Nodes.TryGetValue(requirement.Node, out Node? node);
        if (WrongVersions(requirement, isHere) is [_, ..] wrong)
        {
            return new Chain([requirement.Node], $"version {string.Join(", ", wrong.Select(version => version ?? "unknown"))}, not {requirement.Version!.Text}");
        }

        if (node is null)
        {
            return !requirement.IsMeshWide ? new Chain([requirement.Node], "there is no such node")
                : !board.Options.HasMesh ? new Chain([requirement.Node], "it is not on this machine, and this agent is in no mesh (--port, --add-peer)")
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

    // What is up, though none of it fits. While one of this machine is on its way, those elsewhere do not count against it.
    private IReadOnlyList<string?> WrongVersions(Requirement requirement, bool isHere)
    {
        bool isUpHere = TryFindUpHere(requirement.Node, out string? own);
        IReadOnlyList<string?> elsewhere = requirement.IsMeshWide && (isUpHere || !isHere) ? MeshVersions(requirement) : [];
        return isUpHere ? [own, .. elsewhere] : elsewhere;
    }

    private IReadOnlyList<string?> MeshVersions(Requirement requirement) => board.MeshNodes.GetValueOrDefault(requirement.Node) ?? [];

    private bool IsMetHere(Requirement requirement) => TryFindUpHere(requirement.Node, out string? version) && requirement.Fits(version);

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
