using System.Buffers.Text;

namespace LocalCast.Supervision.Internal;

/// <summary>One process as the kernel describes it in <c>/proc/PID/stat</c>.</summary>
internal readonly record struct ProcessStat(int Pid, bool IsZombie, int Parent, int Session, long CpuTicks, long StartTime, long ResidentPages)
{
    private const int MaxBytes = 1024;
    private const int FieldCount = 22; // from the third, the state, to the 24th, the resident pages

    public static unsafe bool TryRead(int pid, out ProcessStat stat)
    {
        stat = default;
        Span<byte> path = stackalloc byte[32];
        path.Clear();
        "/proc/"u8.CopyTo(path);
        _ = Utf8Formatter.TryFormat(pid, path[6..], out int digits);
        "/stat"u8.CopyTo(path[(6 + digits)..]);
        byte* text = stackalloc byte[MaxBytes];
        nint length;
        fixed (byte* name = path)
        {
            int descriptor = LinuxCalls.Open(name, LinuxCalls.CloseOnExec, 0);
            if (descriptor < 0)
            {
                return false;
            }

            length = LinuxCalls.Read(descriptor, text, MaxBytes);
            _ = LinuxCalls.Close(descriptor);
        }

        return length > 0 && TryParse(pid, new ReadOnlySpan<byte>(text, (int)length), out stat);
    }

    /// <summary>Reads "PID (name) S PPID ...": the name may hold spaces and parentheses, so the last one counts.</summary>
    internal static bool TryParse(int pid, ReadOnlySpan<byte> text, out ProcessStat stat)
    {
        stat = default;
        int name = text.LastIndexOf((byte)')');
        if (name < 0 || name + 2 >= text.Length)
        {
            return false;
        }

        Span<long> fields = stackalloc long[FieldCount];
        ReadOnlySpan<byte> rest = text[(name + 2)..];
        byte state = rest[0];
        int found = 0;
        foreach (Range range in rest.Split((byte)' '))
        {
            if (found == FieldCount)
            {
                break;
            }

            _ = Utf8Parser.TryParse(rest[range], out fields[found++], out _);
        }

        // Fields are numbered from 3 (the state) in proc(5): 14 to 17 are the CPU times, its own and of children that it waited for.
        long ticks = fields[11] + fields[12] + fields[13] + fields[14];
        stat = new ProcessStat(pid, state is (byte)'Z' or (byte)'X', (int)fields[1], (int)fields[3], ticks, fields[19], fields[21]);
        return found == FieldCount;
    }
}
