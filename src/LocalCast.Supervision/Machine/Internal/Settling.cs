namespace LocalCast.Supervision.Internal;

/// <summary>
/// Compares what a node is with what it should be, and does the one next step. May be done at any time, any number of times:
/// so nothing that happens in between can be missed.
/// </summary>
internal sealed class Settling(Board board, Prerequisites prerequisites, Launches launches, Stopping stopping, Upgrades upgrades, UpgradeWishes wishes)
{
    internal void Settle(Node node)
    {
        if (node.IsForgotten)
        {
            return;
        }

        if (!node.IsAlive)
        {
            SettleDown(node);
            return;
        }

        node.Order ??= FindOrder(node);
        if (node.Order is { } order)
        {
            node.Wait.Clear();
            upgrades.End(node, order.Cause);
            stopping.Advance(node);
        }
        else
        {
            wishes.Settle(node);
        }
    }

    private StopOrder? FindOrder(Node node)
    {
        if (board.StopReason is { } reason)
        {
            return new StopOrder(StopKind.Agent, reason, By.Agent);
        }

        if (node.StoppedBy is { } by)
        {
            return new StopOrder(StopKind.Operator, $"stopped by {by}", by);
        }

        if (node.Loaded.DisabledBecause is { } because)
        {
            return new StopOrder(StopKind.Disabled, because, By.Agent);
        }

        if (node is { Foreign: not null, Current: { IsJoined: false, IsStopping: false, ReadyAt: null } })
        {
            return new StopOrder(StopKind.Foreigner, "somebody else joined by its name before it did", By.Agent); // let in just before the launch
        }

        return node.Current is { IsStopping: false } && node.Manifest.Requires.FirstOrDefault(IsLost) is { } lost
            ? new StopOrder(StopKind.Binding, $"bound to {lost.Node}, which is {StateOf(lost.Node)}", lost.Node)
            : null;
    }

    private bool IsLost(Requirement requirement) => requirement.Mode == RequirementMode.Bind && !prerequisites.IsMet(requirement);

    private string StateOf(string name) => board.Nodes.TryGetValue(name, out Node? node) ? node.StateAndReason : "gone";

    private void SettleDown(Node node)
    {
        if (node.IsGone)
        {
            Bury(node);
            return;
        }

        if (node.Refusal is { } refusal)
        {
            wishes.Refuse(node, refusal);
        }
        else
        {
            wishes.Take(node);
        }

        if (WhyDown(node) is { } rest)
        {
            node.Wait.Clear();
            board.Move(node, rest.State, rest.Reason, node.StoppedBy ?? By.Agent, rest.Until);
            return;
        }

        Verdict verdict = prerequisites.Judge(node, node.Manifest);
        if (verdict.IsMet)
        {
            launches.Launch(node);
        }
        else if (verdict.Blocker is null)
        {
            board.Move(node, SupervisedState.Waiting, $"waits for {string.Join(", ", verdict.On)}", verdict.On[0], verdict.Due);
        }
        else
        {
            Block(node, verdict);
        }
    }

    // In the order of what outweighs what; null when it should run.
    private Rest? WhyDown(Node node) => node switch
    {
        _ when board.StopReason is { } reason => new(SupervisedState.Disabled, $"the agent stops: {reason}", null),
        { Foreign: { AskedUntil: { } until } } => new(SupervisedState.Draining, "it was asked to end; it was not started by the supervisor", until),
        { Foreign: { } foreign } => new(foreign.IsReady ? SupervisedState.Ready : SupervisedState.Starting, "it joined by itself", null),
        { Loaded.DisabledBecause: { } because } => new(SupervisedState.Disabled, because, null),
        { Refusal: { } refusal } => new(SupervisedState.Failed, refusal, null),
        { StoppedBy: { } by } => new(SupervisedState.Disabled, $"stopped by {by}{(node.WasStoppedBefore ? " earlier, and not started since" : "")}", null),
        { Rest: { } rest } when rest.Until is null || rest.Until > board.Now => rest,
        { Wanting: not Wanting.Nobody, ForeignDue: { } due } when due > board.Now => new(SupervisedState.Waiting, "it had joined by itself before the agent was started, and may come back", due),
        { Wanting: not Wanting.Nobody } => null,
        { IsOnDemand: true } => new(SupervisedState.Waiting, "on demand: the first call starts it", null),
        _ => new(SupervisedState.Disabled, "starts by hand", null),
    };

    // Bound to what an operator stopped, or what came to its end: it waits without being at fault. Calls must not wait with it.
    private void Block(Node node, Verdict verdict)
    {
        string needed = verdict.On[0];
        bool isMeantToBe = node.Wait.LostBinding == needed
            && board.Nodes.TryGetValue(needed, out Node? lost)
            && (lost.StoppedBy is not null || lost.State is SupervisedState.Disabled or SupervisedState.Completed or SupervisedState.Waiting);
        bool isNew = node.State != SupervisedState.Waiting;
        board.Move(node, isMeantToBe ? SupervisedState.Waiting : SupervisedState.Failed, verdict.Blocker!.ToString(), needed);
        if (isMeantToBe && isNew)
        {
            board.FailCalls(node);
        }
    }

    private void Bury(Node node)
    {
        const string Gone = "its plugin folder is gone";
        node.Wait.Clear();
        if (node.Rest is { State: not SupervisedState.Completed })
        {
            board.Move(node, SupervisedState.Failed, Gone);
            return;
        }

        board.Move(node, SupervisedState.Disabled, Gone);
        board.Spread(node);
        board.Dependents.Remove(node);
        board.Nodes.Remove(node.Name);
        if (node.StoppedBy is { } by)
        {
            board.KeepStop(node.Name, by);
        }

        node.IsForgotten = true;
    }
}
