using Microsoft.Win32.SafeHandles;

namespace LocalCast.Supervision.Internal;

/// <summary>The files of one node: NODE.log, and NODE.log.1 and so on for what is older.</summary>
internal sealed class LogFiles(string folder, string node, long maxFileBytes, int maxFiles)
{
    private const int ReadBytes = 64 * 1024;
    private readonly string _path = Path.Combine(folder, NodeFileName.Of(node) + ".log");

    /// <exception cref="IOException">The disk is full, or the like. Part of it may have been written.</exception>
    public void Append(ReadOnlySpan<byte> lines)
    {
        PrivateFolder.Create(folder);
        long length = File.Exists(_path) ? new FileInfo(_path).Length : 0;
        if (length > 0 && length + lines.Length > maxFileBytes)
        {
            Rotate();
        }

        using SafeFileHandle file = File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        length = RandomAccess.GetLength(file);
        if (length > 0 && !EndsInLineEnd(file, length))
        {
            // A crash or a full disk cut the last line short.
            RandomAccess.Write(file, "\n"u8, length++);
        }

        RandomAccess.Write(file, lines, length);
    }

    /// <summary>The last lines: the end of the newest file that has any.</summary>
    public List<LogLine> ReadTail() =>
        Enumerable.Range(0, maxFiles).Select(number => ReadTail(PathOf(number))).FirstOrDefault(lines => lines.Count > 0) ?? [];

    /// <summary>All lines after one, oldest first, for as long as they are wanted.</summary>
    public void Read(long after, Func<LogLine, bool> isMoreWanted)
    {
        // Opened from the newest on: one that is renamed meanwhile is read twice, and told once, instead of being missed.
        SafeFileHandle?[] files = [.. Enumerable.Range(0, maxFiles).Select(number => TryOpen(PathOf(number)))];
        try
        {
            long last = after;
            bool isWanted = true;
            for (int i = files.Length - 1; i >= 0 && isWanted; i--)
            {
                if (files[i] is { } file && !(i > 0 && files[i - 1] is { } newer && FirstOf(newer) <= after + 1))
                {
                    Read(file, 0, line => isWanted = line.Sequence <= last || isMoreWanted(line with { Sequence = last = line.Sequence }));
                }
            }
        }
        finally
        {
            Array.ForEach(files, file => file?.Dispose());
        }
    }

    private static List<LogLine> ReadTail(string path)
    {
        var lines = new List<LogLine>();
        using SafeFileHandle? file = TryOpen(path);
        if (file is not null)
        {
            Read(file, Math.Max(0, RandomAccess.GetLength(file) - ReadBytes), line =>
            {
                lines.Add(line);
                return true;
            });
        }

        return lines;
    }

    private static long FirstOf(SafeFileHandle file)
    {
        long first = long.MaxValue;
        Read(file, 0, line =>
        {
            first = line.Sequence;
            return false;
        });
        return first;
    }

    private static void Read(SafeFileHandle file, long position, Func<LogLine, bool> isMoreWanted)
    {
        // Longer than any line that was written.
        byte[] buffer = new byte[ReadBytes];
        int kept = 0;
        int count;

        // What is written meanwhile is not waited for.
        long length = RandomAccess.GetLength(file);
        while (position < length && (count = RandomAccess.Read(file, buffer.AsSpan(kept), position)) > 0)
        {
            position += count;
            ReadOnlySpan<byte> data = buffer.AsSpan(0, kept + count);
            int end;
            while ((end = data.IndexOf((byte)'\n')) >= 0)
            {
                if (LogLineFormat.Parse(data[..end]) is { } line && !isMoreWanted(line))
                {
                    return;
                }

                data = data[(end + 1)..];
            }

            // What fills the whole buffer without a line end was not written here.
            kept = data.Length == buffer.Length ? 0 : data.Length;
            data[..kept].CopyTo(buffer);
        }
    }

    private static bool EndsInLineEnd(SafeFileHandle file, long length)
    {
        Span<byte> last = stackalloc byte[1];
        return RandomAccess.Read(file, last, length - 1) == 1 && last[0] == '\n';
    }

    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.Exists(path) ? File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Rotated away this moment, or not ours to read: what can be read is told.
            return null;
        }
    }

    private void Rotate()
    {
        for (int number = maxFiles - 1; number > 0; number--)
        {
            if (File.Exists(PathOf(number - 1)))
            {
                File.Move(PathOf(number - 1), PathOf(number), overwrite: true);
            }
        }

        if (maxFiles == 1)
        {
            File.Delete(_path);
        }
    }

    private string PathOf(int number) => number == 0 ? _path : $"{_path}.{number}";
}
