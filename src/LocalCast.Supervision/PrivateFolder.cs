using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Folders that nobody but the agent's own user may look into: what nodes print and keep may be secret.</summary>
public static class PrivateFolder
{
    /// <summary>The user number of whoever owns the folder, when that is somebody else: who could change all that is kept in it. <see langword="null"/> also where that cannot be told.</summary>
    public static uint? OwnerIfAnother(string path) => FileOwner.OtherThanUs(path);

    /// <summary>Makes the folder; one that is there is left as it is, and those above it are made as usual.</summary>
    /// <exception cref="IOException">It cannot be made; likewise <see cref="UnauthorizedAccessException"/>.</exception>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            _ = Directory.CreateDirectory(path); // as private as the user's own folder that it is in
        }
        else
        {
            _ = Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
