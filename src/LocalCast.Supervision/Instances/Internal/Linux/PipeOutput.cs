namespace LocalCast.Supervision.Internal;

/// <summary>One stream of a process, through a pipe.</summary>
internal sealed class PipeOutput(int descriptor, LineSplitter lines) : IWatched, IProcessOutput
{
    // More than a pipe of ordinary size holds. What keeps writing after the process ended, and was not found to be killed, is not waited for.
    private const int MaxBytesAfterEnd = 1024 * 1024;

    private int _bytesAfterEnd;
    private bool _isLast;

    public int Descriptor { get; private set; } = descriptor;

    public bool IsAtEnd => Descriptor < 0;

    public void OnReady() => ReadSome();

    public unsafe void ReadSome()
    {
        if (IsAtEnd)
        {
            return;
        }

        Span<byte> buffer = ProcessThread.Buffer;
        nint count;
        fixed (byte* start = buffer)
        {
            count = LinuxCalls.Read(Descriptor, start, (nuint)buffer.Length);
        }

        if (count > 0)
        {
            lines.Take(buffer[..(int)count]);
            _bytesAfterEnd += _isLast ? (int)count : 0;
        }

        // Nothing there for now (-1) is the end as well, once nobody writes any more.
        if (count == 0 || (_isLast && (count < 0 || _bytesAfterEnd > MaxBytesAfterEnd)))
        {
            Close();
        }
    }

    public void ProcessEnded() => _isLast = true;

    public void Close()
    {
        if (!IsAtEnd)
        {
            _ = LinuxCalls.Close(Descriptor);
            Descriptor = -1;
            lines.End();
        }
    }
}
