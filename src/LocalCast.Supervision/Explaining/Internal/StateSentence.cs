namespace LocalCast.Supervision.Internal;

/// <summary>Says in one sentence how a node is.</summary>
internal static class StateSentence
{
    public static string Of(NodeView view, TimeSpan now)
    {
        string since = $" (since {Words.Of(now - view.Since)})";
        return view.State switch
        {
            SupervisedState.Waiting when view.WaitingOn.Count > 0 => $"{Name(view)} is Waiting for {string.Join(", ", view.WaitingOn)}{since}{AtMost(view, now)}",
            SupervisedState.Waiting when view.Until is not null => $"{Name(view)} is Waiting{Because(view.Reason)}{since}{AtMost(view, now)}",
            SupervisedState.Starting => $"{Name(view)} is Starting{Because(view.Reason)}{since}{AtMost(view, now)}",
            SupervisedState.Backoff or SupervisedState.CrashLoop => $"{Name(view)} is in {view.State}{Because(Cause(view))}{Times(view)}{NextTry(view, now)}{(view.State == SupervisedState.CrashLoop ? "; start tries at once" : "")}",
            SupervisedState.Failed => $"{Name(view)} is Failed{Because(Cause(view))}{Times(view)}{since}",
            SupervisedState.Draining or SupervisedState.Stopping => $"{Name(view)} is {view.State}{Because(view.Reason)}{since}{AtMost(view, now)}",
            _ => $"{Name(view)} is {view.State}{Because(view.Reason)}{since}",
        };
    }

    private static string Name(NodeView view) => view.Manifest.Name;

    private static string Because(string? reason) => string.IsNullOrEmpty(reason) ? "" : ": " + reason;

    // The reason may have the exit in it; a signal's name says more than its number.
    private static string? Cause(NodeView view)
    {
        if (view.LastExit is not { } exit)
        {
            return view.Reason;
        }

        string words = Words.Of(exit);
        return view.Reason switch
        {
            null or "" => words,
            { } reason when reason.Contains(words, StringComparison.Ordinal) => reason,
            { } reason when reason.Contains(exit.ToString(), StringComparison.Ordinal) => reason.Replace(exit.ToString(), words, StringComparison.Ordinal),
            { } reason => reason,
        };
    }

    private static string Times(NodeView view) => view switch
    {
        { Failures: <= 1 } => "",
        { AreFailuresMixed: true } => $" (the last of {view.Failures} failures)",
        _ => $" ({view.Failures} times)",
    };

    private static string NextTry(NodeView view, TimeSpan now) => view.Until switch
    {
        null => "",
        { } until when until <= now => ", next try now",
        { } until => $", next try in {Words.Of(until - now)}",
    };

    private static string AtMost(NodeView view, TimeSpan now) => view.Until is { } until ? $", at most {Words.Of(until - now)} more" : "";
}
