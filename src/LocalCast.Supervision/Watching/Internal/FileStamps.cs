namespace LocalCast.Supervision.Internal;

/// <summary>What files look like from outside: a number that changes when one of them does.</summary>
/// <remarks>
/// Looked at on a timer rather than told by the system: it works alike on every file system and every machine, needs no descriptor
/// per folder, and costs one system call per file and look.
/// </remarks>
internal static class FileStamps
{
    private const int MostFiles = 8192;

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
            foreach (string file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Take(MostFiles).Order(StringComparer.Ordinal))
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

    private static long? OfFile(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? HashCode.Combine(file.Length, file.LastWriteTimeUtc.Ticks) : null;
    }
}
