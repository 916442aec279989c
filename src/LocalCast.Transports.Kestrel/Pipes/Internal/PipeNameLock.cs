using System.Net.Sockets;
using System.Runtime.Versioning;
using LocalCast.Protocol;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>
/// Holds a pipe's name for one live agent: a lock file beside the socket, which the system releases when the process ends, however it ends.
/// Whoever has the lock may take a dead agent's socket away; without it, two agents that start at once could each delete the other's.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class PipeNameLock : IDisposable
{
    private const string Suffix = ".lock";

    private readonly FileStream _file;

    private PipeNameLock(FileStream file) => _file = file;

    public static PipeNameLock Take(string path)
    {
        FileStream file;
        try
        {
            file = new FileStream(path + Suffix, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (UnauthorizedAccessException e)
        {
            throw new LocalCastException(LocalCastError.Forbidden, $"the pipe {path} belongs to another user", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"the folder of the pipe {path} does not exist", e);
        }
        catch (IOException e)
        {
            throw InUse(path, e);
        }

        try
        {
            RemoveLeftover(path);
            return new PipeNameLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose(); // the file stays: deleting a lock that somebody may be opening would break it

    private static void RemoveLeftover(string path)
    {
        if (!Path.Exists(path))
        {
            return;
        }

        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Blocking = false; // a listener with a full backlog is alive, and must not hold us up
            probe.Connect(new UnixDomainSocketEndPoint(path));
            throw InUse(path, null);
        }
        catch (SocketException e)
        {
            switch (e.SocketErrorCode)
            {
                case SocketError.ConnectionRefused:
                    Delete(path);
                    break;
                case SocketError.AccessDenied:
                    throw new LocalCastException(LocalCastError.Forbidden, $"the pipe {path} belongs to another user", e);
                case SocketError.WouldBlock or SocketError.TryAgain or SocketError.InProgress:
                    throw InUse(path, e);
                default:
                    throw new LocalCastException(LocalCastError.BadRequest, $"{path} exists and is not a pipe", e);
            }
        }
    }

    private static void Delete(string path)
    {
        // Whatever is no socket refuses connections as well, and is not ours to delete.
        if (!IsSocket(path))
        {
            throw new LocalCastException(LocalCastError.BadRequest, $"{path} exists and is not a pipe");
        }

        try
        {
            File.Delete(path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new LocalCastException(LocalCastError.Forbidden, $"the pipe {path} was left behind by another user", e);
        }
    }

    private static bool IsSocket(string path)
    {
        if (Directory.Exists(path))
        {
            return false;
        }

        try
        {
            // For both directions: opening a FIFO for one waits until somebody opens it for the other.
            File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite).Dispose();
            return false; // a socket cannot be opened
        }
        catch (UnauthorizedAccessException e)
        {
            throw new LocalCastException(LocalCastError.Forbidden, $"{path} belongs to another user, or is not a pipe and may not be opened", e);
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static LocalCastException InUse(string path, Exception? inner) =>
        new(LocalCastError.DuplicateName, $"an agent already listens at {path}", inner);
}
