using System.Globalization;

namespace LocalCast.Supervision.Internal;

/// <summary>
/// Makes control groups (version 2) for nodes with ceilings: <c>localcast-AGENT/NODE-GENERATION</c>, in the nearest group above the agent's
/// own that hands the controllers on and may be written. Under the agent's own group there can be none: one that holds processes hands on
/// no controllers.
/// </summary>
internal sealed class ControlGroups(string root, string ownGroupFile = "/proc/self/cgroup")
{
    private const string Prefix = "localcast-";
    private const int PeriodMicroseconds = 100_000;

    public ControlGroup? Create(string node, int generation, ResourceSpec resources, List<string> notes)
    {
        (string File, string Controller, string Words, string Value)[] ceilings =
        [
            .. resources.MemoryBytes is { } bytes ? new[] { ("memory.max", "memory", "memory ceiling", $"{bytes}") } : [],
            .. resources.Cpus is { } cpus ? new[] { ("cpu.max", "cpu", "CPU ceiling", string.Create(CultureInfo.InvariantCulture, $"{(long)(cpus * PeriodMicroseconds)} {PeriodMicroseconds}")) } : [],
        ];
        if (ceilings.Length == 0)
        {
            return null;
        }

        string words = string.Join(" and ", ceilings.Select(ceiling => ceiling.Words));
        try
        {
            if (FindParent([.. ceilings.Select(ceiling => ceiling.Controller)]) is not { } parent)
            {
                notes.Add($"{words} not set: no writable cgroup v2 here");
                return null;
            }

            string group = Path.Combine(parent, $"{NodeFileName.Of(node)}-{generation}");
            _ = Directory.CreateDirectory(group);
            Array.ForEach(ceilings, ceiling => File.WriteAllText(Path.Combine(group, ceiling.File), ceiling.Value));
            return new ControlGroup(group);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            notes.Add($"{words} not set: {e.Message}");
            return null;
        }
    }

    private string? FindParent(string[] controllers)
    {
        if (!File.Exists(Path.Combine(root, "cgroup.controllers")))
        {
            return null;
        }

        // "0::/path" is the line of version 2.
        string own = File.ReadLines(ownGroupFile).FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?[3..].Trim('/') ?? "";
        for (string? path = own; path is not null; path = path.Length == 0 ? null : Path.GetDirectoryName(path))
        {
            if (TryMakeUnder(Path.Combine(root, path), controllers) is { } group)
            {
                return group;
            }
        }

        return null;
    }

    private static string? TryMakeUnder(string parent, string[] controllers)
    {
        try
        {
            string[] handedOn = File.ReadAllText(Path.Combine(parent, "cgroup.subtree_control")).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            if (!controllers.All(handedOn.Contains))
            {
                return null;
            }

            string group = Path.Combine(parent, $"{Prefix}{Environment.ProcessId}");
            _ = Directory.CreateDirectory(group);
            File.WriteAllText(Path.Combine(group, "cgroup.subtree_control"), string.Join(' ', controllers.Select(controller => $"+{controller}")));
            return group;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not for this user: the next one above may be.
            return null;
        }
    }
}
