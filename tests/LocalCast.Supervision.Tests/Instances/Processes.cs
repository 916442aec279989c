using System.Diagnostics;
using System.Globalization;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision.Tests;

/// <summary>What the kernel says of processes.</summary>
internal static class Processes
{
    /// <summary>Ends when there is no such process, or only what its parent has not fetched yet.</summary>
    public static Task GoneAsync(string pid) => Until.TrueAsync(() => Stat(pid) is not { } stat || stat[0] == "Z");

    public static Task NoneWithAsync(string argument) => Until.TrueAsync(() => Directory.GetDirectories("/proc").All(folder => !CommandLine(folder).Contains(argument, StringComparison.Ordinal)));

    public static bool Exists(InstanceIdentity identity) => Stat($"{identity.Pid}") is { } stat && stat[19] == $"{identity.StartTime}";

    /// <summary>The processes with an argument that holds this.</summary>
    public static List<int> With(string argument) =>
    [
        .. Directory.GetDirectories("/proc").Where(folder => CommandLine(folder).Contains(argument, StringComparison.Ordinal))
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int pid) ? pid : 0),
    ];

    public static bool IsRunning(string pid) => Stat(pid) is { } stat && stat[0] != "Z";

    /// <summary>Whether it leads no session.</summary>
    public static bool IsDaemon(int pid) => Stat($"{pid}") is { } stat && stat[3] != $"{pid}";

    /// <summary>A variable of its environment.</summary>
    public static string? Variable(int pid, string name) =>
        File.ReadAllText($"/proc/{pid}/environ").Split('\0').FirstOrDefault(variable => variable.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    public const int Stop = 19;
    public const int Continue = 18;

    public static void Signal(int pid, int signal) => Assert.Equal(0, LinuxCalls.SendSignal(pid, signal));

    public static void Kill(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }

    public static void Kill(InstanceIdentity identity)
    {
        if (Exists(identity))
        {
            Kill(identity.Pid);
        }
    }

    /// <summary>What a process calls itself.</summary>
    public static string NameOf(string pid) => File.ReadAllText($"/proc/{pid}/comm")[..^1];

    /// <summary>The fields from the state on.</summary>
    private static string[]? Stat(string pid)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string CommandLine(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, "cmdline"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
