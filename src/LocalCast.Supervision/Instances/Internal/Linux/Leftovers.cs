namespace LocalCast.Supervision.Internal;

/// <summary>What processes that ended leave running: others of their session, and what went into a session of its own and is known by the mark in its environment.</summary>
internal static class Leftovers
{
    /// <summary>What a node's processes have in their environment, each launch another value; the SDK reads it, too.</summary>
    public const string MarkVariable = "LOCALCAST_INSTANCE";

    /// <summary>Kills some trees, and what others left that have ended. One walk over the processes for all of them.</summary>
    /// <param name="killed">They run, and are to end with all that they started.</param>
    /// <param name="ended">They ended, and are not fetched yet: nobody else has their numbers.</param>
    /// <param name="others">The sessions of nodes that run on: they are none of these.</param>
    public static void Kill(IReadOnlyCollection<ProcessRoot> killed, IReadOnlyCollection<Ended> ended, HashSet<int> others)
    {
        IEnumerable<ProcessRoot> left = ended.Count > 0 ? Find(ended, others) : [];
        _ = ProcessTree.Kill([.. killed, .. left]);
    }

    /// <summary>Kills what a dead agent left: one walk over the processes for all of it.</summary>
    /// <returns>Those of which something was left.</returns>
    public static HashSet<Leftover> Kill(IReadOnlyCollection<Leftover> left)
    {
        Leftover[] marked = [.. left.Where(one => one.Token.Length > 0)];
        byte[][] marks = [.. marked.Select(one => ProcessEnvironment.Mark(MarkVariable, one.Token))];
        Dictionary<int, Leftover> sessions = left.Where(one => !IsTaken(one.Identity)).DistinctBy(one => one.Identity.Pid).ToDictionary(one => one.Identity.Pid);
        var roots = new HashSet<ProcessRoot>();
        var found = new HashSet<Leftover>();
        if (left.Count == 0)
        {
            return found;
        }

        foreach (int pid in ProcessTable.Pids())
        {
            if (pid == Environment.ProcessId || !IsRunning(pid, out ProcessStat stat))
            {
                continue;
            }

            if (sessions.TryGetValue(stat.Session, out Leftover? leader) && stat.StartTime >= leader.Identity.StartTime)
            {
                _ = found.Add(leader);
                _ = roots.Add(new ProcessRoot(leader.Identity.Pid, leader.Identity.StartTime));
            }
            else if (ProcessEnvironment.Find(pid, marks) is >= 0 and int number)
            {
                _ = found.Add(marked[number]);
                _ = roots.Add(new ProcessRoot(pid, stat.StartTime));
            }
        }

        _ = ProcessTree.Kill(roots);
        return found;
    }

    // A number is not given away while a session bears it: if another process has it, nothing is left of the session.
    private static bool IsTaken(InstanceIdentity identity) => ProcessStat.TryRead(identity.Pid, out ProcessStat stat) && stat.StartTime != identity.StartTime;

    private static HashSet<ProcessRoot> Find(IReadOnlyCollection<Ended> ended, HashSet<int> others)
    {
        Dictionary<int, Ended> sessions = ended.DistinctBy(one => one.Root.Pid).ToDictionary(one => one.Root.Pid); // an adopted one is nobody's to fetch: its number may be another's already
        byte[][] marks = [.. ended.Select(one => one.Mark).OfType<byte[]>()];
        var found = new HashSet<ProcessRoot>();
        foreach (int pid in ProcessTable.Pids())
        {
            int session = LinuxCalls.SessionOf(pid);
            if (sessions.TryGetValue(session, out Ended one))
            {
                if (pid != session && IsRunning(pid, out _))
                {
                    _ = found.Add(one.Root);
                }
            }
            else if (marks.Length > 0 && pid != Environment.ProcessId && !others.Contains(session) && ProcessEnvironment.HasAny(pid, marks) && IsRunning(pid, out ProcessStat stray))
            {
                _ = found.Add(new ProcessRoot(pid, stray.StartTime));
            }
        }

        return found;
    }

    private static bool IsRunning(int pid, out ProcessStat stat) => ProcessStat.TryRead(pid, out stat) && !stat.IsZombie;

    /// <summary>A process that ended, and the mark of its kind, if it has one.</summary>
    public readonly record struct Ended(ProcessRoot Root, byte[]? Mark);
}
