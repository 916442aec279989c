using LocalCast.Protocol;

namespace LocalCast.Supervision.Internal;

/// <summary>When an operation has come to its end, seen in the view of its node.</summary>
internal static class Outcomes
{
    public static Settled? IsUp(NodeView view) => view.State switch
    {
        SupervisedState.Ready or SupervisedState.Degraded or SupervisedState.Completed => new Settled(null),
        SupervisedState.Failed or SupervisedState.Disabled or SupervisedState.Backoff or SupervisedState.CrashLoop => Fail(view),
        SupervisedState.Waiting when view is { WaitingOn.Count: 0, Until: null } => new Settled(null), // on demand: it comes with its first call
        _ => null,
    };

    public static Settled? IsDown(NodeView view) =>
        view.State is SupervisedState.Disabled or SupervisedState.Completed or SupervisedState.Waiting ? new Settled(null)
        : view.State == SupervisedState.Failed ? Fail(view)
        : null;

    public static Settled? IsUpgraded(NodeView view) => view.Upgrade switch
    {
        { Outcome: UpgradeOutcome.RolledBack, Reason: { } reason } => new Settled(new ErrorInfo(LocalCastError.HandlerFailed, $"rolled back, it runs as before: {reason}")),
        { Outcome: UpgradeOutcome.Running } => null,
        _ => IsUp(view),
    };

    private static Settled Fail(NodeView view) => new(new ErrorInfo(LocalCastError.NodeNotReady, view.Reason ?? view.State.ToString()));
}
