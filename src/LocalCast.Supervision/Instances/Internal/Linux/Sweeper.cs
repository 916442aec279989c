using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision.Internal;

/// <summary>
/// Kills trees of processes, and what ended ones left, beside the thread of processes: to look through all processes takes milliseconds.
/// One sweep at a time, for all that came up during the one before. All of it is used on the thread of processes; a process in a sweep is
/// not fetched before the sweep is over, so its number stays its own.
/// </summary>
internal sealed partial class Sweeper(ProcessThread thread, ILogger logger)
{
    private List<ChildProcess> _toKill = [];
    private List<ChildProcess> _ended = [];
    private bool _isSweeping;

    public void Kill(ChildProcess child) => _toKill.Add(child);

    public void Ended(ChildProcess child) => _ended.Add(child);

    /// <summary>Begins to sweep if there is anything to do.</summary>
    public void Start(IReadOnlyList<ChildProcess> children)
    {
        if (_isSweeping || (_toKill.Count == 0 && _ended.Count == 0))
        {
            return;
        }

        List<ChildProcess> ended = _ended;
        ProcessRoot[] killed = [.. _toKill.Where(child => !child.IsGone).Select(child => child.Root)];
        Leftovers.Ended[] left = [.. ended.Select(child => new Leftovers.Ended(child.Root, child.Mark))];
        HashSet<int> others = [.. children.Where(child => !child.IsEnding).Select(child => child.Identity.Pid)];
        (_toKill, _ended, _isSweeping) = ([], [], true);
        _ = Task.Run(() =>
        {
            Sweep(killed, left, others);
            thread.Post(() => Swept(ended));
        });
    }

    private void Sweep(ProcessRoot[] killed, Leftovers.Ended[] ended, HashSet<int> others)
    {
        try
        {
            Leftovers.Kill(killed, ended, others);
        }
        catch (Exception e)
        {
            LogFailed(logger, e); // without /proc nothing can be found, say; that they ended is told all the same, and the next sweep comes
        }
    }

    private void Swept(List<ChildProcess> ended)
    {
        _isSweeping = false;
        ended.ForEach(child => child.NothingIsLeft());
    }

    [LoggerMessage(3203, LogLevel.Error, "What processes left behind could not be looked for", EventName = "SweepFailed")]
    private static partial void LogFailed(ILogger logger, Exception exception);
}
