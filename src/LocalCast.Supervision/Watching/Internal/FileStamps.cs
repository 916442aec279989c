using System.IO.Enumeration;

namespace LocalCast.Supervision.Internal;

/// <summary>What files look like from outside: a number that changes when one of them does.</summary>
/// <remarks>
/// Looked at on a timer rather than told by the system: it works alike on every file system and every machine, needs no descriptor
/// per folder, and costs one system call per file and look.
/// </remarks>
internal static class FileStamps
{
    private const int MostFiles = 8192;

    // Links to folders are not followed: they may go round in a circle, and with two of them the ways through it are without number.
    private static readonly EnumerationOptions _everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true, RecurseSubdirectories = true };

    /// <summary>Stamps one file, or a folder with everything in it; <see langword="null"/> when there is nothing.</summary>
    public static long? Of(string path)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                return OfFile(path);
            }

            var sum = default(HashCode);
            foreach (string file in FilesBelow(path).Take(MostFiles).Order(StringComparer.Ordinal))
            {
                sum.Add(file);
                sum.Add(OfFile(file));
            }

            return sum.ToHashCode();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // a folder that is being replaced: the next look sees what came of it
        }
    }

    private static FileSystemEnumerable<string> FilesBelow(string folder) =>
        new(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), _everything)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => (entry.Attributes & FileAttributes.ReparsePoint) == 0,
        };

    private static long? OfFile(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? HashCode.Combine(file.Length, file.LastWriteTimeUtc.Ticks) : null;
    }
}
