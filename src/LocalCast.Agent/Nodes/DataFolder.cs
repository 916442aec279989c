using LocalCast.Protocol;
using LocalCast.Supervision;
using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Nodes;

/// <summary>
/// The agent's data folder, held for it alone: what is kept there says which processes the agent ends and adopts, and two agents would end each other's.
/// The system releases the lock when the process ends, however it ends; that the file is there says nothing.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockName = "agent.lock";

    private readonly FileStream? _lock;
    private readonly HolderFile _holder;

    private DataFolder(FileStream? locked, HolderFile holder) => (_lock, _holder) = (locked, holder);

    /// <summary>Makes the folder if need be, and takes it.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="pipe">The agent's pipe, to be told to whoever is refused.</param>
    /// <param name="logger">Gets what is wrong with a folder that cannot be written.</param>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.DuplicateName"/> when another agent has it, <see cref="LocalCastError.Forbidden"/> when it is another user's.</exception>
    public static DataFolder Take(string path, string pipe, ILogger logger)
    {
        try
        {
            PrivateFolder.Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NodesLog.NoDataFolder(logger, path, e.Message); // nodes say so themselves when they need it; the others run
        }

        // What is kept there says what this agent ends and adopts.
        if (PrivateFolder.OwnerIfAnother(path) is { } owner)
        {
            throw new LocalCastException(LocalCastError.Forbidden, $"the data folder {path} belongs to another user (uid {owner}); give --data one of your own");
        }

        var holder = new HolderFile(path);
        FileStream? locked = null;
        try
        {
            locked = Lock(Path.Combine(path, LockName));
        }
        catch (IOException e) when (IsHeld(e))
        {
            throw new LocalCastException(LocalCastError.DuplicateName, $"another agent uses the data folder {path}: {holder.Describe()}; give --data a folder of its own", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NodesLog.DataFolderNotLocked(logger, path, e.Message); // nor can anything else be written there by which another agent would go
        }

        if (locked is not null)
        {
            holder.Write(pipe);
        }

        return new DataFolder(locked, holder);
    }

    /// <summary>Lets the next agent have it.</summary>
    public void Dispose()
    {
        if (_lock is not null)
        {
            _holder.Delete();
            _lock.Dispose(); // the file stays: deleting a lock that somebody may be opening would break it
        }
    }

    private static FileStream Lock(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && !(e is IOException io && IsHeld(io)) && File.Exists(path))
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None); // in a folder that is to be read only by now
        }
    }

    // The runtime has no exception of its own for it: EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION.
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);
}
