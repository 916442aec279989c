using Microsoft.Win32.SafeHandles;

namespace LocalCast.Supervision.Internal;

/// <summary>
/// One stream of a process that survives the agent, through a file that it appends to. What was read is punched out of the file: it takes
/// no disk space, and the next agent begins where this one ended.
/// </summary>
internal sealed class FileOutput(SafeFileHandle file, FileChanges changes, LineSplitter lines) : IProcessOutput
{
    private const int PunchHoleKeepSize = 0x03; // FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE
    private const int SeekData = 3; // SEEK_DATA

    private int _watch;
    private long _position;
    private long? _end;
    private bool _isPastZeros;

    public bool IsAtEnd { get; private set; }

    /// <returns><see langword="null"/> when it cannot be read or watched.</returns>
    public static FileOutput? Open(string path, FileChanges changes, LineSplitter lines)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            var output = new FileOutput(file, changes, lines);
            output._position = output.FirstUnread();
            output._watch = changes.Add(path, output);
            return output;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            return null;
        }
    }

    public void ReadSome()
    {
        if (IsAtEnd)
        {
            return;
        }

        Span<byte> buffer = ProcessThread.Buffer;
        int count = RandomAccess.Read(file, buffer, _position);
        if (count > 0)
        {
            Take(buffer[..count]);
            _position += count;
            _ = LinuxCalls.Allocate(file, PunchHoleKeepSize, 0, _position);
        }

        if (_end is not null && (count == 0 || _position >= _end))
        {
            Close();
        }
        else if (count > 0)
        {
            changes.ReadOn(this);
        }
    }

    public void ProcessEnded() => _end = RandomAccess.GetLength(file);

    public void Close()
    {
        if (!IsAtEnd)
        {
            IsAtEnd = true;
            changes.Remove(_watch);
            lines.End();
            file.Dispose();
        }
    }

    private void Take(ReadOnlySpan<byte> data)
    {
        // Zeros at the start are of a block that was punched out in part.
        ReadOnlySpan<byte> text = _isPastZeros ? data : data.TrimStart((byte)0);
        _isPastZeros |= !text.IsEmpty;
        lines.Take(text);
    }

    private long FirstUnread()
    {
        long data = LinuxCalls.Seek(file, 0, SeekData);

        // Nothing but holes, or a file system that does not tell them: what is there may have been read already.
        return data >= 0 ? data : RandomAccess.GetLength(file);
    }
}
