namespace LocalCast.Supervision.Internal;

/// <summary>Stops nodes on demand that nobody needs any more.</summary>
internal sealed class Idling(Board board)
{
    internal void Tick(Node node, Instance instance)
    {
        if (!Due.HasCome(instance.IdleDue, board.Now) || instance.Manifest.Activation.IdleTimeout is not { } timeout)
        {
            return;
        }

        // Also when nobody answers, it is asked again.
        instance.IdleDue = board.Now + timeout;
        if (MayStop(node))
        {
            board.Emit(new Effect.AskIdle(node.Name, instance.Generation));
        }
    }

    internal void IdleFor(Node node, Instance instance, TimeSpan idle)
    {
        if (instance.Manifest.Activation.IdleTimeout is not { } timeout || instance.IdleDue is null || !MayStop(node))
        {
            return;
        }

        if (idle < timeout)
        {
            instance.IdleDue = board.Now + (timeout - idle);
        }
        else
        {
            node.Wanting = Wanting.Nobody;
            node.Order = new StopOrder(StopKind.Idle, $"idle for {Due.Say(idle)}", By.Agent);
        }
    }

    private bool MayStop(Node node) =>
        node is { Wanting: Wanting.Demand, Order: null, Upgrading: null, UpgradeWish: null, Other: null } && !board.Dependents.Of(node.Name).Any(Uses);

    private static bool Uses(Dependent dependent) =>
        dependent.Node.IsAlive
        || (dependent.Node.IsWanted && dependent.Node.State is SupervisedState.Waiting or SupervisedState.Backoff or SupervisedState.CrashLoop);
}
