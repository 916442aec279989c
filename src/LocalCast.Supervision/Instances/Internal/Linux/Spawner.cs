using System.Runtime.InteropServices;

namespace LocalCast.Supervision.Internal;

/// <summary>
/// Starts a program as the leader of a session of its own, with default signals, and no descriptor of the agent but those that are named.
/// The calling thread matters: a parent-death signal comes when it ends, not when the agent does.
/// </summary>
internal static unsafe class Spawner
{
    private const string NoInput = "/dev/null";

    // Newer than POSIX: musl has the first since 1.1.24, glibc the second since 2.34.
    private static readonly bool CanChangeFolder = Exists("posix_spawn_file_actions_addchdir_np");
    private static readonly bool CanCloseFrom = Exists("posix_spawn_file_actions_addclosefrom_np");

    /// <returns>0, or an errno.</returns>
    public static int Spawn(SpawnRequest request, out int pid) => Spawn(CanChangeFolder ? request : ChangeFolderByShell(request), CanChangeFolder, out pid);

    /// <summary>For a C library that cannot start a program in another folder: the shell goes there, and becomes the program.</summary>
    internal static SpawnRequest ChangeFolderByShell(SpawnRequest request) => request with
    {
        Program = "/bin/sh",
        Arguments = ["sh", "-c", "cd -- \"$0\" && exec \"$@\"", request.WorkingDirectory, request.Program, .. request.Arguments.Skip(1)],
    };

    private static int Spawn(SpawnRequest request, bool changeFolder, out int pid)
    {
        byte* attributes = stackalloc byte[SpawnCalls.StructureSize];
        byte* actions = stackalloc byte[SpawnCalls.StructureSize];
        using var arguments = new NativeStrings(request.Arguments);
        using var environment = new NativeStrings([.. request.Environment.Select(variable => $"{variable.Key}={variable.Value}")]);
        pid = 0;
        int error = Describe(attributes);
        if (error != 0)
        {
            return error;
        }

        error = SpawnCalls.InitializeActions(actions);
        if (error == 0)
        {
            error = Describe(actions, request, changeFolder);
            if (error == 0)
            {
                error = SpawnCalls.Spawn(out pid, request.Program, actions, attributes, arguments.Pointers, environment.Pointers);
            }

            _ = SpawnCalls.DestroyActions(actions);
        }

        _ = SpawnCalls.DestroyAttributes(attributes);
        return error;
    }

    private static int Describe(byte* attributes)
    {
        // .NET ignores SIGPIPE, and an ignored signal stays ignored across exec: programs that rely on dying of it would not.
        byte* none = stackalloc byte[SpawnCalls.StructureSize];
        byte* all = stackalloc byte[SpawnCalls.StructureSize];
        _ = SpawnCalls.EmptySet(none);
        _ = SpawnCalls.FillSet(all);
        int error = SpawnCalls.InitializeAttributes(attributes);
        return error != 0
            ? error
            : FirstError(
                SpawnCalls.SetMask(attributes, none),
                SpawnCalls.SetDefaults(attributes, all),
                SpawnCalls.SetFlags(attributes, SpawnCalls.SetSession | SpawnCalls.SetSignalMask | SpawnCalls.SetSignalDefaults));
    }

    private static int Describe(byte* actions, SpawnRequest request, bool changeFolder) => FirstError(
        request.Input is { } input ? SpawnCalls.AddDuplicate(actions, input, 0) : SpawnCalls.AddOpen(actions, 0, NoInput, 0, 0),
        SpawnCalls.AddDuplicate(actions, request.Output, 1),
        SpawnCalls.AddDuplicate(actions, request.Error, 2),
        CanCloseFrom ? SpawnCalls.AddCloseFrom(actions, 3) : 0,
        changeFolder ? SpawnCalls.AddChangeFolder(actions, request.WorkingDirectory) : 0);

    private static int FirstError(params ReadOnlySpan<int> errors)
    {
        foreach (int error in errors)
        {
            if (error != 0)
            {
                return error;
            }
        }

        return 0;
    }

    private static bool Exists(string function) => NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), function, out _);
}
