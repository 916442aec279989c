namespace LocalCast.Supervision.Internal;

/// <summary>That a new manifest is to get into a running node: when that can begin, and whether by a successor or by a restart.</summary>
internal sealed class UpgradeWishes(Board board, Prerequisites prerequisites, Launches launches, UpgradeReports reports)
{
    /// <summary>Remembers that the node is to be upgraded, as soon as nothing else is under way.</summary>
    internal void Request(Node node, string by)
    {
        node.UpgradeWish = by;
        reports.Say(node, UpgradeOutcome.Running);
        board.Touch(node);
    }

    /// <summary>Begins the upgrade that is wanted, if it can begin.</summary>
    internal void Settle(Node node)
    {
        if (node.UpgradeWish is not { } by || node.Other is not null || node.Current is not { IsStopping: false } current)
        {
            // A wish that waited for a prerequisite may have been overtaken.
            node.Wait.Clear();
            return;
        }

        if (WhyNotSwap(node, current) is { } because)
        {
            node.UpgradeWish = null;
            reports.SayRestart(node, because);
            node.Order = new StopOrder(StopKind.Restart, $"upgraded by {by}", by);
            board.Touch(node);
            return;
        }

        Verdict verdict = prerequisites.Judge(node, node.Loaded);
        if (verdict.Blocker is { } blocker)
        {
            node.UpgradeWish = null;
            node.Wait.Clear();
            reports.Reject(node, node.Loaded, $"the new manifest {blocker}");
        }
        else if (verdict.IsMet)
        {
            node.UpgradeWish = null;
            launches.LaunchSuccessor(node);
            node.Upgrading = new Upgrading(by);
            board.Record(node, "a successor is started", by, isLoud: false);
        }
    }

    /// <summary>The manifest that was last read is in force, now that nothing runs.</summary>
    internal void Take(Node node)
    {
        node.UpgradeWish = null;
        if (!ReferenceEquals(node.Manifest, node.Loaded) && !ReferenceEquals(node.Loaded, node.Rejected))
        {
            node.Manifest = node.Loaded;
            board.Dependents.Enter(node);
        }

        if (node.UpgradeReport?.Outcome == UpgradeOutcome.Running)
        {
            reports.Say(node, UpgradeOutcome.Done);
        }
    }

    /// <summary>Nothing comes of an upgrade that has not begun: the manifest that it was for is refused.</summary>
    internal void Refuse(Node node, string refusal)
    {
        bool isWaitedFor = node.UpgradeWish is not null || (!node.IsAlive && node.UpgradeReport?.Outcome == UpgradeOutcome.Running);
        node.UpgradeWish = null;
        if (isWaitedFor)
        {
            reports.Say(node, UpgradeOutcome.RolledBack, $"the new manifest is refused: {refusal}");
        }
    }

    /// <summary>The manifest is again the one in force.</summary>
    internal void Withdraw(Node node)
    {
        node.UpgradeWish = null;
        if (node is { Upgrading: null, Order: null, Other: null })
        {
            reports.Say(node, UpgradeOutcome.Done);
        }
    }

    private static string? WhyNotSwap(Node node, Instance current) =>
        node.Loaded.Reload.Mode != ReloadMode.Swap ? "its manifest says reload.mode \"restart\""
        : node.Loaded.Readiness.Kind is not (ReadinessKind.Pong or ReadinessKind.Notify) ? "its readiness does not come from the node itself, so nobody could tell a successor's from its own"
        : !current.IsJoined ? "it has not joined, so no calls can be led to a successor"
        : !node.IsUp ? "it was not up"
        : null;
}
