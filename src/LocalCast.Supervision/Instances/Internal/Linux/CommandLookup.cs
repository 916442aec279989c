using System.Text;

namespace LocalCast.Supervision.Internal;

/// <summary>
/// Finds the file that a command stands for, and says in words why it cannot be run: between the agent and the program may stand
/// another one (setpriv), whose own words would be all that a person sees.
/// </summary>
internal static class CommandLookup
{
    private const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";
    private const int HeadBytes = 256; // what the kernel looks at

    public static string? Find(LaunchSpec spec, out LaunchFailure? failure)
    {
        string? file = spec.Exec.Contains('/')
            ? Path.GetFullPath(Path.Combine(spec.Manifest.Folder, spec.Exec))
            : FindOnPath(spec);
        string? problem = file is null ? $"there is no command '{spec.Exec}' on the PATH" : ProblemOf(file);
        problem ??= ProblemOf(spec);
        failure = problem is null ? null : new LaunchFailure(problem, IsPermanent: true);
        return failure is null ? file : null;
    }

    private static string? FindOnPath(LaunchSpec spec)
    {
        string path = spec.Environment.GetValueOrDefault("PATH") ?? DefaultPath;
        string[] candidates =
        [
            .. path.Split(':', StringSplitOptions.RemoveEmptyEntries)
                .Where(Path.IsPathRooted)
                .Select(folder => Path.Combine(folder, spec.Exec))
                .Where(File.Exists),
        ];

        // As a shell does: one that cannot be run does not hide one that can; it only explains why there is none.
        return candidates.FirstOrDefault(CanExecute) ?? candidates.FirstOrDefault();
    }

    private static string? ProblemOf(LaunchSpec spec)
    {
        if (!Directory.Exists(spec.WorkingDirectory))
        {
            return $"its working directory {spec.WorkingDirectory} does not exist";
        }

        if (spec.Args.Any(argument => argument.Contains('\0')))
        {
            return "an argument holds a NUL character";
        }

        string? variable = spec.Environment.FirstOrDefault(pair => pair.Key.Length == 0 || pair.Key.AsSpan().ContainsAny('=', '\0') || pair.Value.Contains('\0')).Key;
        return variable is null ? null : $"the environment variable '{variable.Replace('\0', '?')}' cannot be set: its name or value holds a character that none may hold";
    }

    private static string? ProblemOf(string file)
    {
        if (Directory.Exists(file))
        {
            return $"{file} is a folder";
        }

        if (!File.Exists(file))
        {
            return $"there is no file {file}";
        }

        return !CanExecute(file) ? $"{file} is not executable"
            : InputFile.IsSomethingElse(file) ? $"{file} is no file, but a FIFO or a device" : ProblemOfHead(file);
    }

    private static string? ProblemOfHead(string file)
    {
        ReadOnlySpan<byte> head = ReadHead(file, stackalloc byte[HeadBytes]);
        if (head.StartsWith("#!"u8))
        {
            return ProblemOfInterpreter(file, head[2..]);
        }

        // The kernel may know other kinds (binfmt_misc), and a program may be executable without being readable.
        return head.IsEmpty || head.StartsWith("\u007fELF"u8) || KnowsOtherKinds() ? null : $"{file} is neither a program nor a script that begins with #!";
    }

    private static string? ProblemOfInterpreter(string file, ReadOnlySpan<byte> line)
    {
        int end = line.IndexOf((byte)'\n');
        ReadOnlySpan<byte> words = (end < 0 ? line : line[..end]).Trim(" \t"u8);
        int space = words.IndexOfAny((byte)' ', (byte)'\t');
        string interpreter = Encoding.UTF8.GetString(space < 0 ? words : words[..space]);
        if (interpreter.EndsWith('\r'))
        {
            return $"{file} has Windows line ends: its first line asks for the interpreter '{interpreter.TrimEnd('\r')}\\r'";
        }

        if (!File.Exists(interpreter))
        {
            return $"{file} asks for the interpreter '{interpreter}', which does not exist";
        }

        return CanExecute(interpreter) ? null : $"{file} asks for the interpreter '{interpreter}', which is not executable";
    }

    private static ReadOnlySpan<byte> ReadHead(string file, Span<byte> buffer)
    {
        try
        {
            using FileStream stream = InputFile.Open(file);
            return buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // To be run, a program need not be readable.
            return default;
        }
    }

    private static bool KnowsOtherKinds() =>
        Directory.Exists("/proc/sys/fs/binfmt_misc") && Directory.EnumerateFiles("/proc/sys/fs/binfmt_misc").Any(kind => Path.GetFileName(kind) is not ("register" or "status"));

    private static bool CanExecute(string file) => LinuxCalls.Access(file, LinuxCalls.Executable) == 0;
}
