using System.Text;

namespace LocalCast.Supervision.Internal;

/// <summary>The environment that a process was started with, from <c>/proc/PID/environ</c>.</summary>
internal static class ProcessEnvironment
{
    private const int MaxBytes = 256 * 1024; // what comes after that is not looked at

    [ThreadStatic]
    private static byte[]? _buffer;

    /// <summary>A variable as it stands there.</summary>
    public static byte[] Mark(string name, string value) => Encoding.UTF8.GetBytes($"{name}={value}\0");

    /// <summary>Whether a process has one of these variables; not, when it is another user's.</summary>
    public static bool HasAny(int pid, byte[][] marks) => Find(pid, marks) >= 0;

    /// <summary>Which of these variables a process has; -1 for none.</summary>
    public static unsafe int Find(int pid, byte[][] marks)
    {
        byte[] buffer = _buffer ??= new byte[MaxBytes];
        int descriptor = LinuxCalls.Open($"/proc/{pid}/environ", LinuxCalls.CloseOnExec, 0);
        if (descriptor < 0)
        {
            return -1;
        }

        nint length;
        fixed (byte* start = buffer)
        {
            length = LinuxCalls.Read(descriptor, start, MaxBytes);
        }

        _ = LinuxCalls.Close(descriptor);
        return length > 0 ? Array.FindIndex(marks, mark => buffer.AsSpan(0, (int)length).IndexOf(mark) >= 0) : -1;
    }
}
