using System.Runtime.InteropServices;

namespace LocalCast.Supervision.Internal;

/// <summary>Calls to the kernel. The constants are those of x86-64, ARM64 and RISC-V alike.</summary>
internal static unsafe partial class LinuxCalls
{
    public const int Terminate = 15; // SIGTERM
    public const int Kill = 9; // SIGKILL
    public const int Stop = 19; // SIGSTOP
    public const int Interrupted = 4; // EINTR
    public const int Executable = 1; // X_OK
    public const int WriteOnly = 0x1; // O_WRONLY
    public const int ReadWrite = 0x2; // O_RDWR
    public const int Create = 0x40; // O_CREAT
    public const int Append = 0x400; // O_APPEND
    public const int NonBlocking = 0x800; // O_NONBLOCK, EFD_NONBLOCK, IN_NONBLOCK
    public const int CloseOnExec = 0x80000; // O_CLOEXEC, EFD_CLOEXEC, IN_CLOEXEC
    public const int SetFlags = 4; // F_SETFL
    public const int SetPipeSize = 1031; // F_SETPIPE_SZ
    public const int DontWait = 1; // WNOHANG
    public const short Readable = 1; // POLLIN

    private const string Library = "libc";
    private const long PidfdSendSignalNumber = 424;
    private const long PidfdOpenNumber = 434;

    public static int PidfdOpen(int pid) => (int)SystemCall(PidfdOpenNumber, pid, 0, 0, 0);

    public static int PidfdSendSignal(int pidfd, int signal) => (int)SystemCall(PidfdSendSignalNumber, pidfd, signal, 0, 0);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport(Library, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint value, int flags);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    public static partial int Open(byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint size);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int SendSignal(int pid, int signal);

    [LibraryImport(Library, EntryPoint = "getsid", SetLastError = true)]
    public static partial int SessionOf(int pid);

    [LibraryImport(Library, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitFor(int pid, out int status, int options);

    [LibraryImport(Library, EntryPoint = "sysconf")]
    public static partial long SystemSetting(int name);

    [LibraryImport(Library, EntryPoint = "inotify_init1", SetLastError = true)]
    public static partial int InitializeNotifications(int flags);

    [LibraryImport(Library, EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddNotification(int descriptor, string path, uint mask);

    [LibraryImport(Library, EntryPoint = "inotify_rm_watch", SetLastError = true)]
    public static partial int RemoveNotification(int descriptor, int watch);

    [LibraryImport(Library, EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(SafeHandle file, int mode, long offset, long length);

    [LibraryImport(Library, EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(SafeHandle file, long offset, int whence);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, long first, long second, long third, long fourth);

    /// <summary><c>struct pollfd</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Got;
    }
}
