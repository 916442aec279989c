using System.Globalization;
using System.IO.Enumeration;

namespace LocalCast.Supervision.Internal;

/// <summary>The processes of this machine, from <c>/proc</c>. Processes come and go while it is read.</summary>
internal static class ProcessTable
{
    private const int MaxDepth = 64;
    private static readonly Lazy<string> Boot = new(() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim());

    public static string BootId => Boot.Value;

    public static List<ProcessStat> Read()
    {
        var all = new List<ProcessStat>();
        foreach (int pid in Pids())
        {
            if (ProcessStat.TryRead(pid, out ProcessStat stat))
            {
                all.Add(stat);
            }
        }

        return all;
    }

    /// <summary>Whether a process is of a session, or descends from its leader.</summary>
    public static bool Belongs(int pid, int leader)
    {
        for (int depth = 0; depth < MaxDepth && pid > 1; depth++)
        {
            if (pid == leader || LinuxCalls.SessionOf(pid) == leader)
            {
                return true;
            }

            if (!ProcessStat.TryRead(pid, out ProcessStat stat))
            {
                return false;
            }

            pid = stat.Parent;
        }

        return false;
    }

    public static FileSystemEnumerable<int> Pids() => new("/proc", static (ref entry) => int.Parse(entry.FileName, CultureInfo.InvariantCulture))
    {
        ShouldIncludePredicate = static (ref entry) => char.IsAsciiDigit(entry.FileName[0]),
    };
}
