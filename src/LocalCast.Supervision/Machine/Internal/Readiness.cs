namespace LocalCast.Supervision.Internal;

/// <summary>Finds out when an instance is up, by the kind of proof that its manifest names; and when it lost its connection.</summary>
internal sealed class Readiness(Board board, Upgrades upgrades, Stopping stopping, Faults faults)
{
    internal void Launched(Node node, Instance instance, int? pid, IReadOnlyList<string> notes)
    {
        instance.IsLaunched = true;
        instance.Pid = pid;
        instance.Notes = notes;
        if (instance.IsStopping)
        {
            stopping.Repeat(node, instance);
        }
        else if (!instance.IsProven && instance.Manifest.Readiness.Kind is ReadinessKind.Http or ReadinessKind.Exec)
        {
            board.Emit(new Effect.Probe(node.Name, instance.Generation));
        }
    }

    internal void Joined(Node node, Instance instance, string? version, bool isReady, int? pid)
    {
        instance.IsJoined = true;
        instance.SaysReady = isReady;
        instance.Version = version;
        instance.Pid ??= pid;
        if (instance.IsStopping)
        {
            return;
        }

        switch (instance.Manifest.Readiness.Kind)
        {
            case ReadinessKind.Pong when isReady:
                Ask(node, instance);
                break;
            case ReadinessKind.Notify when isReady:
            case ReadinessKind.Log or ReadinessKind.Http or ReadinessKind.Exec when instance.LostDue is not null:
                Prove(node, instance);
                break;
            default:
                WatchIfServing(node, instance);
                break;
        }

        board.Spread(node);
    }

    internal void BecameReady(Node node, Instance instance)
    {
        bool isNew = !instance.SaysReady;
        instance.SaysReady = true;
        if (isNew && instance is { Manifest.Readiness.Kind: ReadinessKind.Pong, IsProven: false, IsStopping: false })
        {
            Ask(node, instance);
        }

        ProveBy(ReadinessKind.Notify, node, instance);
    }

    internal void LineMatched(Node node, Instance instance) => ProveBy(ReadinessKind.Log, node, instance);

    internal void ProbeEnded(Node node, Instance instance, bool isOk, string output)
    {
        node.LastProbe = new ProbeReport(board.Now, isOk, output);
        instance.LastProbeOutput = output;
        if (instance.IsProven || instance.IsStopping || instance.Manifest.Readiness.Kind is not (ReadinessKind.Http or ReadinessKind.Exec))
        {
            return;
        }

        if (isOk)
        {
            Prove(node, instance);
        }
        else
        {
            instance.ProbeDue = board.Now + instance.Manifest.Readiness.Interval;
        }
    }

    internal void Left(Node node, Instance instance)
    {
        bool wasServing = instance.IsProven;
        instance.IsJoined = instance.IsProven = false;
        instance.PingDue = instance.PongDue = null;
        if (instance.IsStopping || !wasServing)
        {
            instance.IsProven = false;
            return;
        }

        const string Lost = "it lost its connection";
        instance.StableDue = instance.IdleDue = null;
        if (ReferenceEquals(instance, node.Other))
        {
            upgrades.OtherFailed(node, Lost);
        }
        else if (node.Upgrading?.Phase == UpgradePhase.Probation)
        {
            faults.Fail(node, instance, Lost);
        }
        else
        {
            instance.LostDue = board.Now + instance.Manifest.Readiness.Timeout;
            Show(node, SupervisedState.Degraded, Lost, instance.LostDue);
        }
    }

    /// <summary>The instance answered its ping.</summary>
    internal void Ponged(Node node, Instance instance)
    {
        if (instance is { IsProven: false, IsJoined: true, SaysReady: true })
        {
            ProveBy(ReadinessKind.Pong, node, instance);
        }
    }

    internal void Tick(Node node, Instance instance)
    {
        if (Due.HasCome(instance.ProbeDue, board.Now))
        {
            instance.ProbeDue = null;
            board.Emit(new Effect.Probe(node.Name, instance.Generation));
        }

        if (!instance.IsProven && Due.HasCome(instance.PingDue, board.Now))
        {
            Ask(node, instance);
        }

        if (Due.HasCome(instance.StartDue, board.Now))
        {
            faults.Fail(node, instance, NotReady(instance));
        }
        else if (Due.HasCome(instance.LostDue, board.Now))
        {
            faults.Fail(node, instance, $"it lost its connection and did not come back within {Due.Say(instance.Manifest.Readiness.Timeout)}");
        }
    }

    /// <summary>Shows a state of the instance that serves, unless the node is on its way out.</summary>
    internal void Show(Node node, SupervisedState state, string? reason, TimeSpan? until = null)
    {
        if (node.Order is null)
        {
            board.Move(node, state, reason, By.Agent, until);
        }
    }

    private void ProveBy(ReadinessKind kind, Node node, Instance instance)
    {
        if (instance.Manifest.Readiness.Kind == kind)
        {
            Prove(node, instance);
        }
    }

    private void Prove(Node node, Instance instance)
    {
        if (instance.IsProven || instance.IsStopping)
        {
            return;
        }

        instance.IsProven = true;
        instance.ReadyAt ??= board.Now;
        if (ReferenceEquals(instance, node.Other))
        {
            upgrades.SuccessorReady(node);
            return;
        }

        if (instance.Replaces is not null)
        {
            upgrades.PromotedReady(node, instance);
        }

        instance.Serve(board.Now);
        node.Wait.TryingSince = null;
        node.NoteReady(board.Now);
        Show(node, SupervisedState.Ready, null);
    }

    private void Ask(Node node, Instance instance)
    {
        board.Emit(new Effect.Ping(node.Name, instance.Generation));
        instance.LastPing = board.Now;
        instance.PingDue = board.Now + board.Options.ReadinessPing;
    }

    private void WatchIfServing(Node node, Instance instance)
    {
        if (instance.IsProven && ReferenceEquals(instance, node.Current))
        {
            instance.Watch(board.Now);
        }
    }

    private static string NotReady(Instance instance)
    {
        ReadinessSpec readiness = instance.Manifest.Readiness;
        string what = readiness.Kind switch
        {
            ReadinessKind.Pong when instance is { IsJoined: true, SaysReady: true } => "it joined and did not answer its ping",
            ReadinessKind.Pong or ReadinessKind.Notify when instance.IsJoined => "it joined and did not say that it is ready",
            ReadinessKind.Pong or ReadinessKind.Notify => "it did not join",
            ReadinessKind.Log => $"it printed no line that matches {readiness.Pattern}",
            ReadinessKind.Http => $"{readiness.Url} did not answer well{LastProbe(instance)}",
            ReadinessKind.Exec => $"its probe did not succeed{LastProbe(instance)}",
            _ => "it did not end",
        };
        string misnamed = instance.Misnamed is { } name ? $", and it tried to join as '{name}'" : "";
        return $"not ready after {Due.Say(readiness.Timeout)}: {what}{misnamed}";
    }

    private static string LastProbe(Instance instance) => instance.LastProbeOutput is { Length: > 0 } output ? $", last: {output}" : "";
}
