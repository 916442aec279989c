namespace LocalCast.Supervision.Internal;

/// <summary>Brings a new manifest into a running node: by a successor that takes the name over, or by a restart.</summary>
internal sealed class Upgrades(Board board, Prerequisites prerequisites, Launches launches, Stopping stopping)
{
    /// <summary>Remembers that the node is to be upgraded, as soon as nothing else is under way.</summary>
    internal void Request(Node node, string by)
    {
        node.UpgradeWish = by;
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

        if (!CanSwap(node, current))
        {
            node.UpgradeWish = null;
            Say(node, UpgradeOutcome.Running);
            node.Order = new StopOrder(StopKind.Restart, $"upgraded by {by}", by);
            board.Touch(node);
            return;
        }

        Verdict verdict = prerequisites.Judge(node, node.Loaded);
        if (verdict.Blocker is { } blocker)
        {
            node.UpgradeWish = null;
            node.Wait.Clear();
            Reject(node, node.Loaded, $"the new manifest {blocker}");
        }
        else if (verdict.IsMet)
        {
            node.UpgradeWish = null;
            launches.LaunchSuccessor(node);
            node.Upgrading = new Upgrading(by);
            Say(node, UpgradeOutcome.Running);
            board.Record(node, "a successor is started", by, isLoud: false);
        }
    }

    /// <summary>The successor can serve: from now on calls wait, so that the old instance can finish.</summary>
    internal void SuccessorReady(Node node)
    {
        if (node is { Upgrading: { Phase: UpgradePhase.Starting } upgrading, Current: { } old })
        {
            upgrading.Phase = UpgradePhase.Draining;
            upgrading.Due = board.Now + old.Manifest.Stop.Timeout;
            node.Other!.Unwatch();
            Hold(node);
            board.Emit(new Effect.WatchDrain(node.Name, old.Generation));
        }
    }

    /// <summary>The old instance has no call in flight.</summary>
    internal void Drained(Node node, Instance instance)
    {
        if (node.Upgrading?.Phase == UpgradePhase.Draining && ReferenceEquals(instance, node.Current))
        {
            MoveOver(node);
        }
    }

    /// <summary>Looks at the time that the step may take.</summary>
    internal void Tick(Node node)
    {
        if (node.Upgrading is not { } upgrading || !Due.HasCome(upgrading.Due, board.Now))
        {
            return;
        }

        if (upgrading.Phase == UpgradePhase.Draining)
        {
            MoveOver(node);
        }
        else
        {
            node.Upgrading = null;
            node.Role = OtherRole.Leaving;
            stopping.Begin(node, node.Other!, "its successor serves");
        }
    }

    /// <summary>The second instance ended, or lost its connection for good.</summary>
    internal void OtherFailed(Node node, string reason)
    {
        if (node.Role == OtherRole.Successor)
        {
            SuccessorFailed(node, reason);
        }
        else if (node.Role == OtherRole.Reserve)
        {
            node.Upgrading = null;
            Leave(node, "it cannot stand by any more");
        }
    }

    /// <summary>Nothing is left of the second instance.</summary>
    internal void OtherGone(Node node)
    {
        node.Other = null;
        if (node.UpgradeReport?.Outcome == UpgradeOutcome.Running && node.Upgrading is null && node.Order is null && node.Current is { Replaces: null })
        {
            Say(node, UpgradeOutcome.Done);
        }

        board.Spread(node);
    }

    /// <summary>The serving instance ended, or has to: the other one takes its place, if it can.</summary>
    /// <returns>Whether it does, and what ended is now the other one, for the caller to see off; else the end is an ordinary one.</returns>
    internal bool TryReplace(Node node, string reason)
    {
        switch (node.Upgrading?.Phase)
        {
            case UpgradePhase.Starting:
                Promote(node, reason);
                return true;
            case UpgradePhase.Draining:
                MoveOver(node);
                (node.Upgrading, node.Role) = (null, OtherRole.Leaving);
                return true;
            case UpgradePhase.Probation:
                RollBack(node, reason);
                return true;
            default:
                return false;
        }
    }

    /// <summary>An instance that took over from a dead predecessor is ready.</summary>
    internal void PromotedReady(Node node, Instance instance)
    {
        instance.Replaces = null;
        board.Emit(new Effect.MoveName(node.Name, instance.Generation));
        Say(node, UpgradeOutcome.Done);
    }

    /// <summary>An instance that took over from a dead predecessor failed before it was ready: the old manifest is tried again.</summary>
    internal void PromotedFailed(Node node, Instance instance, string reason)
    {
        node.Manifest = instance.Replaces!;
        Reject(node, instance.Manifest, reason);
    }

    /// <summary>Ends an upgrade because the node is to stop.</summary>
    internal void End(Node node, string cause)
    {
        if (node.Upgrading is { } upgrading)
        {
            node.Upgrading = null;
            Release(node);
            Say(node, upgrading.Phase == UpgradePhase.Probation ? UpgradeOutcome.Done : UpgradeOutcome.RolledBack, cause);
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
            Say(node, UpgradeOutcome.Done);
        }
    }

    private static bool CanSwap(Node node, Instance current) =>
        node.Loaded.Reload.Mode == ReloadMode.Swap
        && node.Loaded.Readiness.Kind is ReadinessKind.Pong or ReadinessKind.Notify
        && current.IsJoined && node.IsUp;

    private void MoveOver(Node node)
    {
        Instance successor = node.Other!;
        (node.Current, node.Other, node.Role) = (successor, node.Current, OtherRole.Reserve);
        node.Other!.Unwatch();
        node.Upgrading!.Phase = UpgradePhase.Probation;
        node.Upgrading.Due = board.Now + successor.Manifest.Reload.Probation;
        GiveName(node, successor);
        board.Record(node, $"upgraded: launch {successor.Generation} serves", node.Upgrading.By, isLoud: false);
    }

    private void Promote(Node node, string reason)
    {
        Instance successor = node.Other!;
        successor.Replaces = node.Manifest;
        Instance old = node.Current!;
        (node.Current, node.Other, node.Role) = (successor, old, OtherRole.Leaving);
        node.Upgrading = null;
        node.Manifest = successor.Manifest;
        board.Dependents.Enter(node);
        node.Wait.TryingSince = board.Now;
        board.Move(node, SupervisedState.Starting, $"{reason}; its successor is being started", By.Agent, successor.StartDue);
    }

    private void RollBack(Node node, string reason)
    {
        Instance failed = node.Current!;
        Instance old = node.Other!;
        (node.Current, node.Other, node.Role) = (old, failed, OtherRole.Leaving);
        node.Upgrading = null;
        Hold(node);
        GiveName(node, old);
        Reject(node, failed.Manifest, reason);
    }

    private void GiveName(Node node, Instance instance)
    {
        board.Emit(new Effect.MoveName(node.Name, instance.Generation));
        Release(node);
        node.Manifest = instance.Manifest;
        board.Dependents.Enter(node);
        instance.Serve(board.Now);
        board.Move(node, SupervisedState.Ready, null);
        board.Spread(node);
    }

    private void SuccessorFailed(Node node, string reason)
    {
        NodeManifest failed = node.Other!.Manifest;
        node.Upgrading = null;
        Release(node);
        Reject(node, failed, reason);
        Leave(node, reason);
    }

    private void Leave(Node node, string cause)
    {
        node.Role = OtherRole.Leaving;
        if (node.Other is { IsStopping: false } other)
        {
            stopping.Begin(node, other, cause);
        }
    }

    private void Reject(Node node, NodeManifest manifest, string reason)
    {
        node.Rejected = manifest;
        board.Dependents.Enter(node);
        Say(node, UpgradeOutcome.RolledBack, reason);
        board.Record(node, $"rolled back: {reason}", By.Agent, isLoud: true);
        board.Touch(node);
    }

    private void Hold(Node node)
    {
        if (!node.HoldsCalls)
        {
            node.HoldsCalls = true;
            board.Emit(new Effect.HoldCalls(node.Name));
        }
    }

    private void Release(Node node)
    {
        if (node.HoldsCalls)
        {
            node.HoldsCalls = false;
            board.Emit(new Effect.ReleaseCalls(node.Name));
        }
    }

    private void Say(Node node, UpgradeOutcome outcome, string? reason = null)
    {
        node.UpgradeReport = new UpgradeReport(outcome, board.Now, outcome == UpgradeOutcome.RolledBack ? reason : null);
        board.Changed(node);
    }
}
