using LocalCast.Protocol;

namespace LocalCast.Transports;

/// <summary>Where a named pipe lives. The rule is .NET's own, so that every .NET program finds it by its name.</summary>
public static class PipeAddress
{
    /// <summary>The pipe of an agent that was not told otherwise.</summary>
    public const string DefaultName = "localcast";

    /// <summary>The environment variable that names another pipe.</summary>
    public const string EnvironmentVariable = "LOCALCAST_PIPE";

    /// <summary>What follows a pipe's name in the name of its door, where H.Pipes' two-step client asks for the pipe's name.</summary>
    public const string DoorSuffix = ".door";

    /// <summary>The most bytes of a socket's path that every Unix takes.</summary>
    private const int MaxUnixPath = 103;

    /// <summary>The name to use: what was asked for, else what the environment says, else the default.</summary>
    public static string Choose(string? asked) =>
        asked is { Length: > 0 } ? asked
        : Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } fromEnvironment ? fromEnvironment
        : DefaultName;

    /// <summary>The socket of a pipe on Unix: a rooted name is a path, any other lies in the temp folder as .NET spells it.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.BadRequest"/> for a name that cannot be a pipe.</exception>
    public static string ToUnixPath(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!Path.IsPathRooted(name) && name.AsSpan().ContainsAny('/', '\0'))
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"'{name}' is not a pipe name: it is neither a rooted path nor free of '/'");
        }

        string path = Path.IsPathRooted(name) ? name : Path.Combine(Path.GetTempPath(), "CoreFxPipe_" + name);
        return System.Text.Encoding.UTF8.GetByteCount(path) <= MaxUnixPath
            ? path
            : throw new LocalCastException(LocalCastError.BadRequest, $"the pipe's path '{path}' is longer than the {MaxUnixPath} bytes that a socket may have");
    }

    /// <summary>The name of a pipe's door.</summary>
    public static string DoorOf(string name) => name + DoorSuffix;
}
