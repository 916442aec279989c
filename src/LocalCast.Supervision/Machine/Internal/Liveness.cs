namespace LocalCast.Supervision.Internal;

/// <summary>Watches instances that serve, by their own ping.</summary>
internal sealed class Liveness(Board board, Readiness readiness, Faults faults)
{
    internal void Tick(Node node, Instance instance)
    {
        if (Due.HasCome(instance.StableDue, board.Now))
        {
            instance.StableDue = null;
            Restarts.Forgive(node);
        }

        if (Due.HasCome(instance.PongDue, board.Now))
        {
            Miss(node, instance);
        }

        if (instance.IsProven && Due.HasCome(instance.PingDue, board.Now))
        {
            board.Emit(new Effect.Ping(node.Name, instance.Generation));
            instance.LastPing = board.Now;
            instance.PingDue = null;
            instance.PongDue = board.Now + instance.Manifest.Liveness.Timeout;
        }
    }

    internal void Ponged(Node node, Instance instance)
    {
        instance.LastPong = board.Now;
        if (instance.PongDue is null || instance.IsStopping)
        {
            return;
        }

        instance.PongDue = null;
        instance.Misses = 0;
        Continue(instance);
        if (node.State == SupervisedState.Degraded && ReferenceEquals(instance, node.Current))
        {
            readiness.Show(node, SupervisedState.Ready, null);
        }
    }

    /// <summary>The agent itself was late: whatever did not come in time may only not have been read.</summary>
    internal void Excuse(Node node)
    {
        foreach (Instance? instance in (Instance?[])[node.Current, node.Other])
        {
            if (instance is { IsStopping: false })
            {
                instance.PongDue = instance.PongDue is null ? null : board.Now + instance.Manifest.Liveness.Timeout;
                instance.StartDue = Due.HasCome(instance.StartDue, board.Now) ? board.Now + instance.Manifest.Readiness.Timeout : instance.StartDue;
                instance.LostDue = Due.HasCome(instance.LostDue, board.Now) ? board.Now + instance.Manifest.Readiness.Timeout : instance.LostDue;
                board.Touch(node);
            }
        }
    }

    private void Miss(Node node, Instance instance)
    {
        instance.PongDue = null;
        instance.Misses++;
        string silence = $"no pong for {Due.Say(board.Now - instance.LastPong)}";
        if (instance.Misses >= instance.Manifest.Liveness.Failures)
        {
            faults.Fail(node, instance, $"hung: {silence}");
            return;
        }

        Continue(instance);
        readiness.Show(node, SupervisedState.Degraded, silence);
    }

    private void Continue(Instance instance)
    {
        TimeSpan next = instance.LastPing + instance.Manifest.Liveness.Interval;
        instance.PingDue = next > board.Now ? next : board.Now;
    }
}
