using System.Globalization;
using System.Runtime.InteropServices;

namespace LocalCast.EndToEnd.Tests;

/// <summary>The processes that an agent's nodes are, as the system knows them: by the pipe in their environment, which is each test's own.</summary>
internal static class AgentProcesses
{
    private const int Kill = 9;
    private const int Stop = 19;

    /// <summary>All that run as a node of the agent on a pipe, with whatever they started.</summary>
    public static IReadOnlyList<int> NodesOf(string pipe) => [.. Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int pid) ? pid : 0)
        .Where(pid => pid > 0 && IsNode(pid, pipe))];

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

    private static bool IsNode(int pid, string pipe)
    {
        try
        {
            string[] environment = File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/environ").Split('\0');
            return environment.Contains($"LOCALCAST_PIPE={pipe}") && environment.Any(variable => variable.StartsWith("LOCALCAST_NODE=", StringComparison.Ordinal)) && IsAlive(pid);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // it has gone, or is somebody else's
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill")]
        public static extern int Kill(int pid, int signal);
    }
}
