namespace LocalCast.Supervision.Internal;

/// <summary>
/// A process, the processes of its session, and whatever descends from them. To kill it, each is stopped before any is killed: one that
/// stands still starts no others, and a tree that was seen twice without change is whole.
/// </summary>
internal sealed class ProcessTree(int leader, long startTime)
{
    private const int MaxRounds = 32;

    private readonly HashSet<int> _members = [];
    private readonly HashSet<int> _sessions = [leader];

    /// <returns>How many were killed.</returns>
    public static int Kill(int leader, long startTime)
    {
        var tree = new ProcessTree(leader, startTime);
        for (int round = 0; round < MaxRounds && tree.StopNewMembers(); round++)
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
        && process.StartTime >= startTime
        && process.Pid > 1
        && process.Pid != Environment.ProcessId
        && (process.Pid == leader || _sessions.Contains(process.Session) || _members.Contains(process.Parent))
        && !_members.Contains(process.Pid);

    private void Add(in ProcessStat process)
    {
        _ = LinuxCalls.SendSignal(process.Pid, LinuxCalls.Stop);
        _ = _members.Add(process.Pid);
        if (process.Session == process.Pid)
        {
            _ = _sessions.Add(process.Pid);
        }
    }
}
