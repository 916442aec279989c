namespace LocalCast.Supervision.Internal;

/// <summary>The steps by which instances end: asked, told by a signal, killed, given up; and who has to be down before whom.</summary>
internal sealed class Stopping(Board board)
{
    /// <summary>Does the next step of a node's order to stop.</summary>
    internal void Advance(Node node)
    {
        StopOrder order = node.Order!;
        if (node.Other is { IsStopping: false } other)
        {
            node.Role = OtherRole.Leaving;
            Begin(node, other, order.Cause);
        }

        if (node.Current is not { IsStopping: false } current)
        {
            return;
        }

        List<string> first = [.. InTheWay(node).Select(dependent => dependent.Name)];
        if (first.Count > 0 && !IsDeadlocked(node))
        {
            board.Move(node, SupervisedState.Draining, $"{order.Cause}; {string.Join(", ", first.Take(5))} first", order.By);
            return;
        }

        Begin(node, current, order.Cause);
        board.Move(node, StateOf(current), order.Cause, order.By, current.StopDue);
        board.Spread(node);
    }

    /// <summary>Begins the steps for one instance.</summary>
    internal void Begin(Node node, Instance instance, string cause)
    {
        instance.Unwatch();
        if (instance.IsJoined)
        {
            instance.Step = StopStep.Asked;
            instance.StopDue = board.Now + instance.Manifest.Stop.Timeout;
            board.Emit(new Effect.AskToStop(node.Name, instance.Generation, instance.Manifest.Stop.Timeout, cause));
        }
        else
        {
            Terminate(node, instance);
        }
    }

    /// <summary>Kills an instance for what it did; its end will count as a failure.</summary>
    internal void Kill(Node node, Instance instance, string fault)
    {
        instance.Unwatch();
        instance.Fault = fault;
        Kill(node, instance);
        if (ReferenceEquals(instance, node.Current))
        {
            board.Move(node, SupervisedState.Stopping, fault, By.Agent, instance.StopDue);
        }
    }

    /// <summary>Goes on to the signal at once, because the instance said that it cannot be asked.</summary>
    internal void CannotStop(Node node, Instance instance)
    {
        if (instance.Step == StopStep.Asked)
        {
            Terminate(node, instance);
            Show(node, instance);
        }
    }

    /// <summary>Gives an instance that was asked to end more time, within what its manifest allows.</summary>
    internal void Extend(Node node, Instance instance, TimeSpan more)
    {
        TimeSpan left = instance.Manifest.Stop.MaxExtension - instance.Extended;
        TimeSpan granted = more < left ? more : left;
        if (instance.Step == StopStep.Asked && granted > TimeSpan.Zero)
        {
            instance.Extended += granted;
            instance.StopDue += granted;
            Show(node, instance);
        }
    }

    /// <summary>Does the next step for an instance whose time for the last one is over.</summary>
    internal void Tick(Node node, Instance instance)
    {
        if (!Due.HasCome(instance.StopDue, board.Now))
        {
            return;
        }

        switch (instance.Step)
        {
            case StopStep.Asked:
                Terminate(node, instance);
                break;
            case StopStep.Terminated:
                Kill(node, instance);
                break;
            default:
                instance.Step = StopStep.GivenUp;
                instance.StopDue = null;
                break;
        }

        Show(node, instance);
        board.Spread(node);
    }

    /// <summary>Repeats the last step for an instance that only now is known to run.</summary>
    internal void Repeat(Node node, Instance instance)
    {
        if (instance.Step == StopStep.Terminated)
        {
            board.Emit(new Effect.Terminate(node.Name, instance.Generation));
        }
        else if (instance.Step is StopStep.Killed or StopStep.GivenUp)
        {
            board.Emit(new Effect.Kill(node.Name, instance.Generation));
        }
    }

    /// <summary>Those that have to be down before the node: what is bound to it; when the agent stops, all that require it.</summary>
    internal IEnumerable<Node> InTheWay(Node node) =>
        from dependent in board.Dependents.Of(node.Name)
        where dependent.IsInForce && dependent.Node.IsRunning && !ReferenceEquals(dependent.Node, node)
            && (board.StopReason is not null || (dependent.Requirement.Mode == RequirementMode.Bind && node.Foreign is null))
        select dependent.Node;

    private void Terminate(Node node, Instance instance)
    {
        instance.Step = StopStep.Terminated;
        instance.StopDue = board.Now + instance.Manifest.Stop.TerminateTimeout;
        board.Emit(new Effect.Terminate(node.Name, instance.Generation));
    }

    private void Kill(Node node, Instance instance)
    {
        instance.Step = StopStep.Killed;
        instance.StopDue = board.Now + instance.Manifest.Stop.KillTimeout;
        board.Emit(new Effect.Kill(node.Name, instance.Generation));
    }

    private void Show(Node node, Instance instance)
    {
        if (!ReferenceEquals(instance, node.Current ?? node.Other))
        {
            return;
        }

        if (instance.IsGivenUp)
        {
            board.Move(node, SupervisedState.Failed, "could not be killed", By.Agent, isLoud: true);
        }
        else
        {
            board.Move(node, StateOf(instance), node.Order?.Cause ?? instance.Fault ?? node.Reason, node.Order?.By ?? By.Agent, instance.StopDue);
        }
    }

    private static SupervisedState StateOf(Instance instance) =>
        instance.Step == StopStep.Asked ? SupervisedState.Draining : SupervisedState.Stopping;

    // Manifests that were changed one after the other can leave a circle of running nodes, each waiting for the next to end.
    private bool IsDeadlocked(Node node)
    {
        HashSet<Node> seen = [node];
        Queue<Node> open = new([node]);
        while (open.TryDequeue(out Node? next))
        {
            foreach (Node dependent in InTheWay(next))
            {
                if (dependent.Current is not { IsStopping: false } || dependent.Order is null)
                {
                    return false;
                }

                if (seen.Add(dependent))
                {
                    open.Enqueue(dependent);
                }
            }
        }

        return true;
    }
}
