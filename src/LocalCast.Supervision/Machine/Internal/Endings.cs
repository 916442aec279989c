namespace LocalCast.Supervision.Internal;

/// <summary>What follows when an instance has ended.</summary>
internal sealed class Endings(Board board, Restarts restarts, Upgrades upgrades)
{
    internal void Exited(Node node, Instance instance, int? code, int? signal)
    {
        var status = new ExitStatus(code ?? (128 + signal), signal, board.Now);
        if (ReferenceEquals(instance, node.Current))
        {
            node.LastExit = status;
        }

        bool isClean = instance.Fault is null && status is { Code: { } known, Signal: null }
            && (instance.Manifest.Readiness.Kind == ReadinessKind.Exit ? instance.Manifest.Readiness.Codes : instance.Manifest.Restart.CleanExitCodes).Contains(known);
        string how = instance.Fault ?? (instance.Misnamed is { } name && instance.ReadyAt is null ? $"{status}; it tried to join as '{name}'" : status.ToString());
        if (See(node, instance, how))
        {
            return;
        }

        if (isClean)
        {
            restarts.EndedWell(node, how);
        }
        else
        {
            restarts.Failed(node, how, status.Code);
        }
    }

    internal void LaunchFailed(Node node, Instance instance, string reason, bool isPermanent)
    {
        if (See(node, instance, reason))
        {
            return;
        }

        if (isPermanent)
        {
            restarts.FailedForGood(node, reason, null);
        }
        else
        {
            restarts.Failed(node, reason, null);
        }
    }

    // Takes the instance out of the books, and says whether that is all: it was to end, or another one is in its place.
    private bool See(Node node, Instance instance, string how)
    {
        bool wasAsked = node.Order is not null || (instance.IsStopping && instance.Fault is null);
        instance.Unwatch();
        instance.StopDue = null;
        instance.Step = StopStep.GivenUp;
        if (!ReferenceEquals(instance, node.Other) && !wasAsked && upgrades.TryReplace(node, how))
        {
            node.CountFailure(how);
        }

        bool isAll = ReferenceEquals(instance, node.Other) || wasAsked;
        if (ReferenceEquals(instance, node.Other))
        {
            upgrades.OtherFailed(node, how);
            upgrades.OtherGone(node);
        }
        else
        {
            node.Current = null;
            if (!wasAsked && instance.Replaces is not null)
            {
                upgrades.PromotedFailed(node, instance, how);
            }
        }

        FinishOrder(node);
        board.Spread(node);
        return isAll;
    }

    private static void FinishOrder(Node node)
    {
        if (!node.IsAlive && node.Order is { } order)
        {
            node.Order = null;
            node.Wait.TryingSince = null;
            node.Wait.LostBinding = order.Kind == StopKind.Binding ? order.By : null;
        }
    }
}
