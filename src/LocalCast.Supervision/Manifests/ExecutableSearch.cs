namespace LocalCast.Supervision;

/// <summary>Finds commands as a shell does: in the folders of PATH; on Windows with the endings of PATHEXT.</summary>
/// <param name="path">The value of PATH.</param>
/// <param name="endings">The value of PATHEXT; only looked at on Windows.</param>
/// <param name="isWindows">Whose rules apply.</param>
/// <param name="isExecutable">Whether a file is there and may be run.</param>
public sealed class ExecutableSearch(string? path, string? endings, bool isWindows, Func<string, bool> isExecutable)
{
    private const string UsualEndings = ".COM;.EXE;.BAT;.CMD";

    /// <summary>The search that a process of this agent would make.</summary>
    public static ExecutableSearch OfThisProcess() =>
        new(Environment.GetEnvironmentVariable("PATH"), Environment.GetEnvironmentVariable("PATHEXT"), OperatingSystem.IsWindows(), IsExecutableFile);

    /// <summary>The same with another PATH: a node may have one of its own.</summary>
    public ExecutableSearch WithPath(string other) => new(other, endings, isWindows, isExecutable);

    /// <summary>Whether this is a path, and so nothing to search for.</summary>
    public bool IsPath(string command) => command.Contains('/') || (isWindows && (command.Contains('\\') || command.Contains(':')));

    /// <summary>The file that a command's name stands for; <see langword="null"/> when there is none.</summary>
    public string? Find(string command)
    {
        char separator = isWindows ? ';' : ':';
        foreach (string folder in (path ?? "").Split(separator, StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (string name in NamesOf(command))
            {
                string file = Path.Combine(folder, name);
                if (isExecutable(file))
                {
                    return file;
                }
            }
        }

        return null;
    }

    private IEnumerable<string> NamesOf(string command)
    {
        if (!isWindows)
        {
            return [command];
        }

        string[] all = (string.IsNullOrEmpty(endings) ? UsualEndings : endings).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        bool hasEnding = all.Any(ending => command.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
        return hasEnding ? [command] : all.Select(ending => command + ending);
    }

    private static bool IsExecutableFile(string file)
    {
        const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        try
        {
            return File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & AnyExecute) != 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // what cannot be looked at cannot be run either
        }
    }
}
