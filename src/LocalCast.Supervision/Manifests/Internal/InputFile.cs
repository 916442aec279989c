using Microsoft.Win32.SafeHandles;

namespace LocalCast.Supervision.Internal;

/// <summary>Opens files that somebody else put there, without waiting: to open a FIFO would take until somebody writes to it.</summary>
internal static class InputFile
{
    /// <exception cref="IOException">It is not there, or is something else than a file; likewise <see cref="UnauthorizedAccessException"/>.</exception>
    public static FileStream Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new IOException("it is a folder");
        }

        FileStream file = TryOpenWithoutWaiting(path) ?? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.CanSeek)
        {
            return file;
        }

        file.Dispose();
        throw new IOException("it is no file, but a FIFO or a device");
    }

    /// <summary>Whether it can be opened and is a FIFO or a device.</summary>
    public static bool IsSomethingElse(string path)
    {
        using FileStream? file = TryOpenWithoutWaiting(path);
        return file is { CanSeek: false };
    }

    /// <returns><see langword="null"/> where it cannot be done so, or fails: the usual way then finds the words.</returns>
    private static FileStream? TryOpenWithoutWaiting(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        int descriptor = LinuxCalls.Open(path, LinuxCalls.NonBlocking | LinuxCalls.CloseOnExec, 0);
        return descriptor < 0 ? null : new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Read);
    }
}
