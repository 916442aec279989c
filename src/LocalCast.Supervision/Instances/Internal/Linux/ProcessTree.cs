namespace LocalCast.Supervision.Internal;

/// <summary>
/// Processes, the processes of their sessions, and whatever descends from them. To kill them, each is stopped before any is killed: one
/// that stands still starts no others, and a tree that was seen twice without change is whole. Many trees are one walk.
/// </summary>
internal sealed class ProcessTree
{
    private const int MaxRounds = 32;

    private readonly HashSet<int> _members = [];

    /// <summary>With the start of its leader: what is older than that is of another session, which had the number before.</summary>
    private readonly Dictionary<int, long> _sessions = [];

    private ProcessTree(IEnumerable<ProcessRoot> roots)
    {
        foreach (ProcessRoot root in roots)
        {
            _sessions[root.Pid] = root.StartTime;
        }
    }

    /// <returns>How many were killed.</returns>
    public static int Kill(params IEnumerable<ProcessRoot> roots)
    {
        var tree = new ProcessTree(roots);
        for (int round = 0; tree._sessions.Count > 0 && round < MaxRounds && tree.StopNewMembers(); round++)
        {
        }

        foreach (int pid in tree._members)
        {
            _ = LinuxCalls.SendSignal(pid, LinuxCalls.Kill);
        }

        return tree._members.Count;
    }

    private bool StopNewMembers()
    {
        List<ProcessStat> all = ProcessTable.Read();
        int before = _members.Count;

        // A child may stand before its parent in the table.
        int known;
        do
        {
            known = _members.Count;
            foreach (ProcessStat process in all)
            {
                if (IsNew(process))
                {
                    Add(process);
                }
            }
        }
        while (_members.Count > known);

        return _members.Count > before;
    }

    private bool IsNew(in ProcessStat process) =>
        !process.IsZombie
        && process.Pid > 1
        && process.Pid != Environment.ProcessId
        && (IsOf(process.Pid, process) || IsOf(process.Session, process) || _members.Contains(process.Parent))
        && !_members.Contains(process.Pid);

    private bool IsOf(int session, in ProcessStat process) => _sessions.TryGetValue(session, out long start) && process.StartTime >= start;

    private void Add(in ProcessStat process)
    {
        _ = LinuxCalls.SendSignal(process.Pid, LinuxCalls.Stop);
        _ = _members.Add(process.Pid);
        if (process.Session == process.Pid)
        {
            _ = _sessions.TryAdd(process.Pid, process.StartTime);
        }
    }
}

/// <summary>Where a tree of processes begins.</summary>
internal readonly record struct ProcessRoot(int Pid, long StartTime);
