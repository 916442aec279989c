namespace LocalCast.Supervision.Internal;

/// <summary>Decides what becomes of a node that ended by itself: the policy, the pauses, the crash loop, the end of the agent.</summary>
internal sealed class Restarts(Board board)
{
    /// <summary>It ended well.</summary>
    internal void EndedWell(Node node, string how)
    {
        if (node.Manifest.Restart.Policy == RestartPolicy.Always && node.Manifest.Readiness.Kind != ReadinessKind.Exit)
        {
            node.CountFailure(how);
            Pause(node, SupervisedState.Backoff, how, BackoffOf(node), isLoud: false);
        }
        else
        {
            node.ForgetFailures();
            if (node.Manifest.Readiness.Kind == ReadinessKind.Exit)
            {
                node.NoteReady(board.Now); // this is what those that require a job wait for
            }

            node.Rest = new Rest(SupervisedState.Completed, how, null);
            board.Move(node, SupervisedState.Completed, how);
        }
    }

    /// <summary>It failed.</summary>
    internal void Failed(Node node, string reason, int? exitCode)
    {
        RestartSpec restart = node.Manifest.Restart;
        node.CountFailure(reason);
        bool isTooOften = node.Window.Add(board.Now, board.Options.CrashLoopFailures, board.Options.CrashLoopWindow);
        if (restart.Policy == RestartPolicy.Never)
        {
            FailedForGood(node, reason, exitCode);
        }
        else if (isTooOften || node.IsCrashLooping)
        {
            bool isEntered = !node.IsCrashLooping;
            node.IsCrashLooping = true;
            Pause(node, SupervisedState.CrashLoop, reason, restart.MaxBackoff, isEntered);
            StopAgentIfEssential(node, reason, exitCode, isEntered);
        }
        else
        {
            Pause(node, SupervisedState.Backoff, reason, BackoffOf(node), isLoud: false);
        }
    }

    /// <summary>It failed in a way that another try does not help.</summary>
    internal void FailedForGood(Node node, string reason, int? exitCode)
    {
        node.Rest = new Rest(SupervisedState.Failed, reason, null);
        board.Move(node, SupervisedState.Failed, reason);
        StopAgentIfEssential(node, reason, exitCode, isOver: true);
    }

    /// <summary>It was up for long enough.</summary>
    internal static void Forgive(Node node)
    {
        node.ForgetFailures();
        node.IsCrashLooping = false;
    }

    /// <summary>An operator, or a new manifest, lets what went wrong before count no longer; also while it runs.</summary>
    internal static void GiveNewChance(Node node)
    {
        Forgive(node);
        node.Window.Clear();
    }

    /// <summary>As <see cref="GiveNewChance"/>; it may run at once.</summary>
    internal static void Reset(Node node)
    {
        GiveNewChance(node);
        node.Rest = null;
    }

    private static TimeSpan BackoffOf(Node node)
    {
        RestartSpec restart = node.Manifest.Restart;
        double doubled = restart.Backoff.Ticks * Math.Pow(2, Math.Min(node.Failures - 1, 62));
        return doubled >= restart.MaxBackoff.Ticks ? restart.MaxBackoff : TimeSpan.FromTicks((long)doubled);
    }

    private void Pause(Node node, SupervisedState state, string reason, TimeSpan pause, bool isLoud)
    {
        TimeSpan until = board.Now + (pause * (1 + (board.Options.Jitter * ((2 * board.Random()) - 1))));
        node.Rest = new Rest(state, reason, until);
        board.Move(node, state, reason, By.Agent, until, isLoud);
    }

    private void StopAgentIfEssential(Node node, string reason, int? exitCode, bool isOver)
    {
        if (isOver && node.Manifest.IsEssential && board.StopReason is null)
        {
            board.Emit(new Effect.StopAgent(node.Name, exitCode is null or 0 ? 1 : exitCode.Value, $"the essential node '{node.Name}' is {node.StateAndReason}"));
        }
    }
}
