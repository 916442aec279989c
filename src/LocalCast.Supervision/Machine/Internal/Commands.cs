using LocalCast.Protocol;

namespace LocalCast.Supervision.Internal;

/// <summary>What operators and callers ask for.</summary>
internal sealed class Commands(Board board, UpgradeWishes wishes)
{
    internal ErrorInfo? Start(string name, string by)
    {
        if (!TryFind(name, out Node? node, out ErrorInfo? error) || IsRefused(node!, out error))
        {
            return error;
        }

        node!.Wanting = Wanting.Operator;
        if (!node.IsAlive || node.Order is not null)
        {
            node.WantedBy = by;
        }

        if (!node.IsAlive)
        {
            node.Restarts = 0;
            node.Rest = null;
        }

        FreeChain(node);
        return null;
    }

    internal ErrorInfo? Stop(string name, string by)
    {
        if (!TryFind(name, out Node? node, out ErrorInfo? error))
        {
            return error;
        }

        (node!.StoppedBy, node.WasStoppedBefore) = (by, false);
        if (!node.IsAlive)
        {
            node.Rest = null;
            AskForeigner(node, $"stopped by {by}");
        }

        board.Spread(node);
        return null;
    }

    internal ErrorInfo? Restart(string name, string by)
    {
        if (Start(name, by) is { } error)
        {
            return error;
        }

        Node node = board.Nodes[name];
        (node.Restarts, node.WantedBy) = (0, by);
        Restarts.GiveNewChance(node);
        if (node.IsAlive)
        {
            node.Order ??= new StopOrder(StopKind.Restart, $"restarted by {by}", by);
        }
        else
        {
            AskForeigner(node, $"restarted by {by}");
        }

        board.Spread(node);
        return null;
    }

    internal ErrorInfo? Upgrade(string name, string by)
    {
        if (!TryFind(name, out Node? node, out ErrorInfo? error) || IsRefused(node!, out error))
        {
            return error;
        }

        node!.Rejected = null;
        if (node.IsAlive)
        {
            wishes.Request(node, by);
        }
        else
        {
            node.UpgradeReport = null; // of an upgrade before this one
            if (node.Rest is { State: not SupervisedState.Completed })
            {
                Restarts.Reset(node);
            }
        }

        board.Spread(node);
        return null;
    }

    /// <summary>A call, or somebody who requires it, wants the node.</summary>
    internal ErrorInfo? Activate(string name, string by)
    {
        if (!TryFind(name, out Node? node, out ErrorInfo? error))
        {
            return error;
        }

        if (node!.IsUp)
        {
            return null;
        }

        if (node.IsOnDemand && node.StoppedBy is null && !node.IsGone)
        {
            bool endedByItself = node.Rest?.State == SupervisedState.Completed && node.Manifest.Readiness.Kind != ReadinessKind.Exit;
            node.Rest = endedByItself ? null : node.Rest;
            if (node.Wanting == Wanting.Nobody || endedByItself)
            {
                (node.Wanting, node.WantedBy) = (Wanting.Demand, by);
                board.Spread(node);
            }
        }

        return null;
    }

    /// <summary>Why it is of no use to wait for the node; <see langword="null"/> when it is up or on its way.</summary>
    internal ErrorInfo? WhyNotComing(string name)
    {
        if (!board.Nodes.TryGetValue(name, out Node? node))
        {
            return NotFound(name);
        }

        bool isComing = node.IsUp || (node.State is not (SupervisedState.Failed or SupervisedState.Disabled or SupervisedState.Completed)
            && node.Wait.Blocker is null && node.IsWanted);
        return isComing ? null : Board.NotReady(node);
    }

    private bool TryFind(string name, out Node? node, out ErrorInfo? error)
    {
        error = board.Nodes.TryGetValue(name, out node) ? null : NotFound(name);
        if (error is null && board.StopReason is { } reason)
        {
            error = new ErrorInfo(LocalCastError.NodeNotReady, $"'{name}': the agent stops: {reason}");
        }

        return error is null;
    }

    private static ErrorInfo NotFound(string name) => new(LocalCastError.NodeNotFound, $"no node is called '{name}'");

    private static bool IsRefused(Node node, out ErrorInfo? error)
    {
        string? why = node.Loaded.DisabledBecause ?? node.Refusal ?? (node.IsGone ? "its plugin folder is gone" : null);
        error = why is null ? null : new ErrorInfo(LocalCastError.NodeNotReady, $"'{node.Name}': {why}");
        return error is not null;
    }

    // What an operator wants to run, runs with all that it needs: also what was stopped, or given up.
    private void FreeChain(Node root)
    {
        HashSet<Node> seen = [root];
        Stack<Node> open = new([root]);
        while (open.TryPop(out Node? node))
        {
            node.StoppedBy = null;
            node.ForeignDue = null;
            if (!node.IsAlive && !(node.Rest?.State == SupervisedState.Completed && node.Manifest.Readiness.Kind == ReadinessKind.Exit))
            {
                Restarts.Reset(node);
                node.Wait.Clear();
            }

            board.Spread(node);
            foreach (Requirement requirement in node.Loaded.Requires.Where(r => r.Mode is RequirementMode.Start or RequirementMode.Bind))
            {
                if (board.Nodes.TryGetValue(requirement.Node, out Node? needed) && seen.Add(needed))
                {
                    open.Push(needed);
                }
            }
        }
    }

    private void AskForeigner(Node node, string reason)
    {
        if (node.Foreign is { AskedUntil: null } foreign)
        {
            foreign.AskedUntil = board.Now + node.Manifest.Stop.Timeout;
            board.Emit(new Effect.AskToStop(node.Name, 0, node.Manifest.Stop.Timeout, reason));
        }
    }
}
