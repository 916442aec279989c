namespace LocalCast.Supervision.Internal;

/// <summary>One process that is watched. Everything that touches descriptors happens on the thread of processes.</summary>
internal sealed class ChildProcess(ProcessThread thread, InstanceIdentity identity, int pidfd, IInstanceListener listener) : IInstance, IWatched
{
    private static readonly long TicksPerSecond = LinuxCalls.SystemSetting(2); // _SC_CLK_TCK

    private readonly Lock _lock = new();

    /// <summary>Once it is reaped its number may be another's: it is signalled no more.</summary>
    private bool _isGone;

    private bool _isKillAsked;
    private bool _isEndTold;

    public ProcessRoot Root => new(Identity.Pid, Identity.StartTime);

    public InstanceIdentity Identity { get; } = identity;

    public required IReadOnlyList<string> Notes { get; init; }

    public required IReadOnlyList<IProcessOutput> Outputs { get; init; }

    /// <summary>Its control group, when its manifest has ceilings and there could be one.</summary>
    public ControlGroup? Group { get; init; }

    /// <summary>Whether it lives on when the agent ends.</summary>
    public required bool Survives { get; init; }

    /// <summary>Whether it is a child of this process: only then its exit code can be had.</summary>
    public required bool IsOwnChild { get; init; }

    /// <summary>What all that it starts has in its environment.</summary>
    public byte[]? Mark { get; init; }

    /// <summary>Whether it was fetched. Asked on the thread of processes, which alone makes it so.</summary>
    public bool IsGone => _isGone;

    public int Descriptor { get; private set; } = pidfd;

    public bool IsEnding { get; private set; }

    public void Terminate()
    {
        lock (_lock)
        {
            if (!_isGone)
            {
                _ = LinuxCalls.SendSignal(-Identity.Pid, LinuxCalls.Terminate);
            }
        }
    }

    public void Kill()
    {
        lock (_lock)
        {
            if (_isGone || _isKillAsked)
            {
                return;
            }

            _isKillAsked = true;
        }

        thread.Post(() =>
        {
            Group?.Kill();
            thread.Sweeper.Kill(this);
        });
    }

    public bool Owns(int pid)
    {
        lock (_lock)
        {
            return !_isGone && pid > 0 && ProcessTable.Belongs(pid, Identity.Pid);
        }
    }

    public ResourceUsage? Sample()
    {
        (long ticks, long pages) = SessionUsage.Of(Identity.Pid);
        lock (_lock)
        {
            return _isGone
                ? null
                : new ResourceUsage(
                    TimeSpan.FromSeconds(ticks / (double)TicksPerSecond),
                    pages * Environment.SystemPageSize);
        }
    }

    /// <summary>It ended. What it left running ends too, before anybody hears of it.</summary>
    public void OnReady()
    {
        if (IsEnding)
        {
            return;
        }

        IsEnding = true;
        Group?.Kill();
        thread.Sweeper.Ended(this);
    }

    /// <summary>Its last output is read, a part in each round.</summary>
    public void NothingIsLeft()
    {
        foreach (IProcessOutput output in Outputs)
        {
            output.ProcessEnded();
        }

        thread.Drain(this);
    }

    /// <returns>Whether all is read and told.</returns>
    public bool DrainSome()
    {
        foreach (IProcessOutput output in Outputs)
        {
            output.ReadSome();
        }

        if (!Outputs.All(output => output.IsAtEnd))
        {
            return false;
        }

        TellEnd();
        return true;
    }

    /// <summary>Tells its end, once.</summary>
    public void TellEnd()
    {
        if (_isEndTold)
        {
            return;
        }

        _isEndTold = true;
        int status = 0;
        bool isReaped;
        lock (_lock)
        {
            isReaped = IsOwnChild && LinuxCalls.WaitFor(Identity.Pid, out status, LinuxCalls.DontWait) == Identity.Pid;
            _isGone = true;
        }

        CloseDescriptor();
        try
        {
            TellOutOfMemory();
        }
        finally
        {
            int signal = status & 0x7f;
            listener.Exited(isReaped && signal == 0 ? (status >> 8) & 0xff : null, isReaped && signal != 0 ? signal : null);
        }
    }

    /// <summary>Watches it no longer.</summary>
    public void LetGo()
    {
        foreach (IProcessOutput output in Outputs)
        {
            output.Close();
        }

        CloseDescriptor();
    }

    private void TellOutOfMemory()
    {
        if (Group is { WasOutOfMemory: true })
        {
            listener.Printed(OutputStream.Error, "[killed by the kernel: it used more memory than its ceiling]"u8);
        }

        Group?.Remove();
    }

    private void CloseDescriptor()
    {
        _ = LinuxCalls.Close(Descriptor);
        Descriptor = -1;
    }
}
