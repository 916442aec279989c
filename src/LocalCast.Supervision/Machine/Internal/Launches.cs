namespace LocalCast.Supervision.Internal;

/// <summary>Starts instances.</summary>
internal sealed class Launches(Board board)
{
    /// <summary>Starts the node's instance.</summary>
    internal void Launch(Node node)
    {
        string by = node.WantedBy;
        node.WantedBy = By.Agent; // whoever wanted it has got it: what comes after is not their doing
        if (node.Rest is { Until: not null })
        {
            node.Restarts++;
            by = By.Agent;
        }

        node.Boot = new BootTimes(node.Wait.Since ?? board.Now, board.Now, null, node.Wait.UnblockedBy);
        node.FirstBoot ??= node.Boot;
        node.Rest = null;
        node.Wait.Clear();
        node.Wait.UnblockedBy = null;
        node.Wait.TryingSince ??= board.Now;
        node.Current = Create(node, node.Manifest);
        board.Move(node, SupervisedState.Starting, null, by, node.Current.StartDue);
        board.Spread(node);
    }

    /// <summary>Starts an instance beside the one that serves.</summary>
    internal void LaunchSuccessor(Node node)
    {
        node.Wait.Clear();
        node.Other = Create(node, node.Loaded);
        node.Role = OtherRole.Successor;
    }

    /// <summary>Takes over a process that lives on from an agent before this one.</summary>
    internal void Adopt(Node node, int generation, int pid)
    {
        node.Generation = Math.Max(node.Generation, generation);
        node.Wait.TryingSince = board.Now;
        node.Boot = node.FirstBoot = new BootTimes(board.Now, null, null, null);
        node.Current = new Instance(generation, node.Manifest)
        {
            IsLaunched = true,
            Pid = pid,
            StartDue = board.Now + node.Manifest.Readiness.Timeout,
        };
        board.Move(node, SupervisedState.Starting, $"adopted: process {pid} lived on", By.Agent, node.Current.StartDue);
        if (node.Manifest.Readiness.Kind is ReadinessKind.Http or ReadinessKind.Exec)
        {
            board.Emit(new Effect.Probe(node.Name, generation));
        }
    }

    private Instance Create(Node node, NodeManifest manifest)
    {
        node.Generation++;
        board.Emit(new Effect.Launch(node.Name, node.Generation, manifest));
        return new Instance(node.Generation, manifest) { StartDue = board.Now + manifest.Readiness.Timeout };
    }
}
