using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using LocalCast.Testing;
using Microsoft.Win32.SafeHandles;

namespace LocalCast.EndToEnd.Tests;

/// <summary>
/// A line between two bridges that takes its time: what comes in at one TAP device goes out at the other, later. <c>netem</c> would do it too, but not every kernel has it.
/// Deleting the devices ends it.
/// </summary>
internal sealed class DelayLine : IAsyncDisposable
{
    public const string Left = "tap-left";
    public const string Right = "tap-right";

    private const int LargestFrame = 64 * 1024;

    private readonly SafeFileHandle _left;
    private readonly SafeFileHandle _right;
    private readonly Task _both;
    private long _delayTicks;

    private DelayLine(SafeFileHandle left, SafeFileHandle right)
    {
        (_left, _right) = (left, right);
        _both = Task.WhenAll(CarryAsync(left, right), CarryAsync(right, left));
    }

    /// <summary>How long a frame is on its way.</summary>
    public TimeSpan Delay
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _delayTicks));
        set => Volatile.Write(ref _delayTicks, value.Ticks);
    }

    public static async Task<DelayLine> CreateAsync(string networkNamespace)
    {
        var opened = new TaskCompletionSource<DelayLine>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                // This thread is in the namespace from now on, so it is one that does nothing else ever.
                Tap.Enter(networkNamespace);
                opened.SetResult(new DelayLine(Tap.Open(Left), Tap.Open(Right)));
            }
            catch (IOException e)
            {
                opened.SetException(e);
            }
        }).Start();
        return await opened.Task.DefaultTimeout();
    }

    public async ValueTask DisposeAsync()
    {
        await _both.DefaultTimeout();
        _left.Dispose();
        _right.Dispose();
    }

    private async Task CarryAsync(SafeFileHandle from, SafeFileHandle to)
    {
        var underway = Channel.CreateUnbounded<(byte[] Frame, TimeSpan Due)>();
        var start = TimeProvider.System.GetTimestamp();
        TimeSpan Now() => TimeProvider.System.GetElapsedTime(start);

        Task reading = Task.Factory.StartNew(
            () =>
            {
                byte[] buffer = new byte[LargestFrame];
                while (Tap.TryRead(from, buffer, out int size))
                {
                    underway.Writer.TryWrite((buffer[..size], Now() + Delay));
                }

                underway.Writer.Complete();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        await foreach ((byte[] frame, TimeSpan due) in underway.Reader.ReadAllAsync())
        {
            if (due - Now() is { Ticks: > 0 } left)
            {
                await Task.Delay(left);
            }

            Tap.Write(to, frame);
        }

        await reading;
    }

    /// <summary>What the system has for it.</summary>
    private static class Tap
    {
        private const int NewNetwork = 0x40000000;
        private const nuint SetInterface = 0x400454ca;
        private const short TapWithoutHeader = 0x1002;
        private const int TryAgain = 4; // interrupted

        public static void Enter(string networkNamespace)
        {
            using SafeFileHandle handle = File.OpenHandle($"/run/netns/{networkNamespace}");
            Check(NativeMethods.SetNamespace(handle, NewNetwork), "setns");
        }

        public static SafeFileHandle Open(string name)
        {
            SafeFileHandle tap = NativeMethods.Open("/dev/net/tun", 2);
            Check(tap.IsInvalid ? -1 : 0, "opening /dev/net/tun");
            byte[] request = new byte[40];
            Encoding.ASCII.GetBytes(name, request);
            BitConverter.TryWriteBytes(request.AsSpan(16), TapWithoutHeader);
            Check(NativeMethods.Control(tap, SetInterface, request), "making a TAP device");
            return tap;
        }

        /// <summary>Waits for a frame; there is none any more when the device is deleted.</summary>
        public static bool TryRead(SafeFileHandle tap, byte[] buffer, out int size)
        {
            do
            {
                size = (int)NativeMethods.Read(tap, buffer, (nuint)buffer.Length);
            }
            while (size < 0 && Marshal.GetLastPInvokeError() == TryAgain);

            return size >= 0;
        }

        /// <summary>A line that is down takes frames and loses them, as lines do.</summary>
        public static void Write(SafeFileHandle tap, byte[] frame) => _ = NativeMethods.Write(tap, frame, (nuint)frame.Length);

        private static void Check(int result, string what)
        {
            if (result < 0)
            {
                throw new IOException($"{what} failed with error {Marshal.GetLastPInvokeError()}; these tests need root and /dev/net/tun");
            }
        }

        private static class NativeMethods
        {
            [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
            public static extern int SetNamespace(SafeFileHandle file, int kind);

            [DllImport("libc", EntryPoint = "open", SetLastError = true)]
            public static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

            [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
            public static extern int Control(SafeFileHandle file, nuint request, byte[] argument);

            [DllImport("libc", EntryPoint = "read", SetLastError = true)]
            public static extern nint Read(SafeFileHandle file, byte[] buffer, nuint size);

            [DllImport("libc", EntryPoint = "write", SetLastError = true)]
            public static extern nint Write(SafeFileHandle file, byte[] buffer, nuint size);
        }
    }
}
