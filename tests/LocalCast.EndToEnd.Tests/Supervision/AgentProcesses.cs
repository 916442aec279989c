using System.Globalization;
using System.Runtime.InteropServices;

namespace LocalCast.EndToEnd.Tests;

/// <summary>The processes that an agent's nodes are, as the system knows them: by the pipe in their environment, which is each test's own.</summary>
internal static class AgentProcesses
{
    private const int Kill = 9;
    private const int Continue = 18;
    private const int Stop = 19;

    /// <summary>All that run as a node of the agent on a pipe, with whatever they started.</summary>
    public static IReadOnlyList<int> NodesOf(string pipe) => [.. Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int pid) ? pid : 0)
        .Where(pid => pid > 0 && IsNode(pid, pipe))];

    /// <summary>The guards of the agent that runs a node; its mark is in both.</summary>
    public static IReadOnlyList<int> GuardsOf(string mark) => [.. Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int pid) ? pid : 0)
        .Where(pid => pid > 0 && Read(pid, "cmdline").Contains("localcast-guard") && Read(pid, "cmdline").Contains(mark) && IsAlive(pid))];

    /// <summary>By what the guard knows a node's process.</summary>
    public static string MarkOf(int pid) => Read(pid, "environ").Single(variable => variable.StartsWith("LOCALCAST_AGENT=", StringComparison.Ordinal));

    /// <summary>Whether a process is there, and more than a zombie.</summary>
    public static bool IsAlive(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    public static void SendKill(int pid) => Assert.Equal(0, NativeMethods.Kill(pid, Kill));

    public static void SendStop(int pid) => Assert.Equal(0, NativeMethods.Kill(pid, Stop));

    public static void SendContinue(int pid) => Assert.Equal(0, NativeMethods.Kill(pid, Continue));

    private static bool IsNode(int pid, string pipe)
    {
        string[] environment = Read(pid, "environ");
        return environment.Contains($"LOCALCAST_PIPE={pipe}") && environment.Any(variable => variable.StartsWith("LOCALCAST_NODE=", StringComparison.Ordinal)) && IsAlive(pid);
    }

    private static string[] Read(int pid, string what)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/{what}").Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // it has gone, or is somebody else's
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill")]
        public static extern int Kill(int pid, int signal);
    }
}
