using System.Runtime.InteropServices;
using System.Text;
using LocalCast.Testing;
using Microsoft.Win32.SafeHandles;

namespace LocalCast.EndToEnd.Tests;

/// <summary>A network device in a namespace whose other side is this process: what the namespace sends is read here, what is written here it receives.</summary>
internal sealed class Tap : IDisposable
{
    private const int NewNetwork = 0x40000000;
    private const nuint SetInterface = 0x400454ca;
    private const short TapWithoutHeader = 0x1002;
    private const int Interrupted = 4;

    private readonly SafeFileHandle _device;

    private Tap(SafeFileHandle device) => _device = device;

    /// <summary>Makes it. It is gone when it is deleted in its namespace, or when this process ends.</summary>
    public static Task<Tap> OpenAsync(string networkNamespace, string name)
    {
        var opened = new TaskCompletionSource<Tap>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                // This thread is in the namespace from now on, so it is one that does nothing else ever.
                Enter(networkNamespace);
                opened.SetResult(new Tap(Open(name)));
            }
            catch (IOException e)
            {
                opened.SetException(e);
            }
        }).Start();
        return opened.Task.DefaultTimeout();
    }

    /// <summary>Waits for a frame; there is none any more when the device is deleted.</summary>
    public bool TryRead(byte[] buffer, out int size)
    {
        while (true)
        {
            size = (int)NativeMethods.Read(_device, buffer, (nuint)buffer.Length);
            if (size >= 0 || Marshal.GetLastPInvokeError() != Interrupted)
            {
                return size >= 0;
            }
        }
    }

    /// <summary>A device that is down takes frames and loses them, as lines do.</summary>
    public void Write(byte[] frame, int size) => _ = NativeMethods.Write(_device, frame, (nuint)size);

    public void Dispose() => _device.Dispose();

    private static void Enter(string networkNamespace)
    {
        using SafeFileHandle handle = File.OpenHandle($"/run/netns/{networkNamespace}");
        Check(NativeMethods.SetNamespace(handle, NewNetwork), "setns");
    }

    private static SafeFileHandle Open(string name)
    {
        SafeFileHandle device = NativeMethods.Open("/dev/net/tun", 2);
        Check(device.IsInvalid ? -1 : 0, "opening /dev/net/tun");
        byte[] request = new byte[40];
        Encoding.ASCII.GetBytes(name, request);
        BitConverter.TryWriteBytes(request.AsSpan(16), TapWithoutHeader);
        Check(NativeMethods.Control(device, SetInterface, request), "making a TAP device");
        return device;
    }

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
