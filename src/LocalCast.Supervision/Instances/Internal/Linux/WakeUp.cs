namespace LocalCast.Supervision.Internal;

/// <summary>Wakes the thread of processes.</summary>
internal sealed unsafe class WakeUp : IWatched
{
    private readonly Lock _lock = new();

    public int Descriptor { get; private set; } = LinuxCalls.EventFd(0, LinuxCalls.CloseOnExec | LinuxCalls.NonBlocking);

    public void Ring()
    {
        lock (_lock)
        {
            // A descriptor that was closed may be another's by now.
            if (Descriptor >= 0)
            {
                ulong one = 1;
                _ = LinuxCalls.Write(Descriptor, (byte*)&one, sizeof(ulong));
            }
        }
    }

    public void OnReady()
    {
        ulong count;
        _ = LinuxCalls.Read(Descriptor, (byte*)&count, sizeof(ulong));
    }

    public void Close()
    {
        lock (_lock)
        {
            _ = LinuxCalls.Close(Descriptor);
            Descriptor = -1;
        }
    }
}
