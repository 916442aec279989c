namespace LocalCast.Supervision.Internal;

/// <summary>What is said of upgrades: whoever asked for one learns from it what became of it.</summary>
internal sealed class UpgradeReports(Board board)
{
    /// <summary>Says how an upgrade stands. What the one before came to is not for those who wait for the next.</summary>
    internal void Say(Node node, UpgradeOutcome outcome, string? reason = null)
    {
        if (node.UpgradeWish is null || outcome == UpgradeOutcome.Running)
        {
            string? restartedBecause = outcome == UpgradeOutcome.Running ? null : node.UpgradeReport?.RestartedBecause;
            node.UpgradeReport = new UpgradeReport(outcome, board.Now, outcome == UpgradeOutcome.RolledBack ? reason : null, restartedBecause);
            board.Changed(node);
        }
    }

    /// <summary>The upgrade that is under way is a restart.</summary>
    internal void SayRestart(Node node, string because)
    {
        node.UpgradeReport = (node.UpgradeReport ?? new UpgradeReport(UpgradeOutcome.Running, board.Now)) with { RestartedBecause = because };
        board.Changed(node);
    }

    /// <summary>A manifest does not do: it is not tried again by itself.</summary>
    internal void Reject(Node node, NodeManifest manifest, string reason)
    {
        node.Rejected = manifest;
        board.Dependents.Enter(node);
        Say(node, UpgradeOutcome.RolledBack, reason);
        board.Record(node, $"rolled back: {reason}", By.Agent, isLoud: true);
        board.Touch(node);
    }
}
