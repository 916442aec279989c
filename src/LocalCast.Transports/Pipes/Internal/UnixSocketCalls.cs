using System.Runtime.InteropServices;

namespace LocalCast.Transports.Internal;

/// <summary>
/// The few calls that the connecting end of a pipe makes itself. <see cref="System.Net.Sockets.Socket"/> cannot read blocking and write
/// without blocking on one socket: its first asynchronous write puts the whole socket into its event loop, and every read takes a detour.
/// </summary>
internal static partial class UnixSocketCalls
{
    public const int Interrupted = 4; // EINTR, on every Unix
    private const int AgainLinux = 11;
    private const int AgainBsd = 35;
    private const int DontWaitLinux = 0x40;
    private const int DontWaitBsd = 0x80;

    public static int DontWait { get; } = OperatingSystem.IsLinux() ? DontWaitLinux : DontWaitBsd;

    public static int Again { get; } = OperatingSystem.IsLinux() ? AgainLinux : AgainBsd;

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static unsafe partial nint Receive(SafeHandle socket, byte* buffer, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static unsafe partial nint Send(SafeHandle socket, byte* buffer, nint size, int flags);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "getpeereid", SetLastError = true)]
    public static partial int PeerUserId(SafeHandle socket, out uint user, out uint group);
}
