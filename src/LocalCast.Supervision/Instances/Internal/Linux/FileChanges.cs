using System.Runtime.InteropServices;

namespace LocalCast.Supervision.Internal;

/// <summary>
/// Tells when files were written to (inotify), on the thread of processes: it wakes that thread only when there is something to read,
/// where looking every so often would cost CPU at rest and come late.
/// </summary>
internal sealed unsafe class FileChanges : IWatched
{
    private const uint Modified = 0x2; // IN_MODIFY
    private const int EventSize = 16;

    private readonly Dictionary<int, IProcessOutput> _files = [];
    private readonly HashSet<IProcessOutput> _unfinished = [];

    public int Descriptor { get; private set; } = LinuxCalls.InitializeNotifications(LinuxCalls.CloseOnExec | LinuxCalls.NonBlocking);

    /// <summary>Whether some file was not read to its end.</summary>
    public bool HasMore => _unfinished.Count > 0;

    public int Add(string path, IProcessOutput file)
    {
        int watch = LinuxCalls.AddNotification(Descriptor, path, Modified);
        if (watch < 0)
        {
            throw new IOException($"{path} cannot be watched: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        _files[watch] = file;

        // It may hold something already.
        ReadOn(file);
        return watch;
    }

    public void Remove(int watch)
    {
        if (_files.Remove(watch, out IProcessOutput? file))
        {
            _ = _unfinished.Remove(file);
            _ = LinuxCalls.RemoveNotification(Descriptor, watch);
        }
    }

    /// <summary>Has a file read on in the next round.</summary>
    public void ReadOn(IProcessOutput file) => _unfinished.Add(file);

    public void ReadRound()
    {
        foreach (IProcessOutput file in _unfinished.ToArray())
        {
            _ = _unfinished.Remove(file);
            file.ReadSome();
        }
    }

    public void OnReady()
    {
        byte* buffer = stackalloc byte[4096];
        nint count = LinuxCalls.Read(Descriptor, buffer, 4096);
        for (nint at = 0; at + EventSize <= count; at += EventSize + ((int*)(buffer + at))[3])
        {
            if (_files.TryGetValue(*(int*)(buffer + at), out IProcessOutput? file))
            {
                ReadOn(file);
            }
        }
    }

    public void Close()
    {
        _ = LinuxCalls.Close(Descriptor);
        Descriptor = -1;
    }
}
