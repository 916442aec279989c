namespace LocalCast.Supervision.Internal;

/// <summary>An upgrade by a successor that takes the name over: from its launch until one of the two instances is gone.</summary>
internal sealed class Upgrades(Board board, UpgradeReports reports, Stopping stopping)
{
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
            reports.Say(node, UpgradeOutcome.Done);
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
        reports.Say(node, UpgradeOutcome.Done);
    }

    /// <summary>An instance that took over from a dead predecessor failed before it was ready: the old manifest is tried again.</summary>
    internal void PromotedFailed(Node node, Instance instance, string reason)
    {
        node.Manifest = instance.Replaces!;
        reports.Reject(node, instance.Manifest, reason);
    }

    /// <summary>Ends an upgrade because the node is to stop.</summary>
    internal void End(Node node, string cause)
    {
        if (node.Upgrading is { } upgrading)
        {
            node.Upgrading = null;
            Release(node);
            reports.Say(node, upgrading.Phase == UpgradePhase.Probation ? UpgradeOutcome.Done : UpgradeOutcome.RolledBack, cause);
        }
    }

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
        reports.Reject(node, failed.Manifest, reason);
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
        reports.Reject(node, failed, reason);
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
}
