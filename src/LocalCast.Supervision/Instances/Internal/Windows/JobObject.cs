using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace LocalCast.Supervision.Internal;

/// <summary>A process and all that it starts: they end together, with the agent at the latest. No Windows machine tests this.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class JobObject(nint handle) : IDisposable
{
    private const uint KilledExitCode = 1;
    private const int MaxProcesses = 1024;
    private const int WholeMachine = 10_000; // hundredths of a percent

    /// <exception cref="Win32Exception">There is no job object to be had: without one a process could outlive the agent.</exception>
    public static JobObject Create(ResourceSpec resources, List<string> notes)
    {
        var job = new JobObject(WindowsCalls.CreateJob(0, 0));
        var limit = new WindowsCalls.ExtendedLimit
        {
            Flags = WindowsCalls.KillOnClose | (resources.MemoryBytes is null ? 0 : WindowsCalls.JobMemory),
            JobMemory = (nuint)(resources.MemoryBytes ?? 0),
        };
        if (!WindowsCalls.SetJob(job.Handle, WindowsCalls.ExtendedLimits, &limit, (uint)sizeof(WindowsCalls.ExtendedLimit)))
        {
            var error = new Win32Exception();
            job.Dispose();
            throw error;
        }

        if (resources.Cpus is { } cpus)
        {
            job.LimitCpu(cpus, notes);
        }

        return job;
    }

    private nint Handle { get; } = handle;

    public void Add(Process process)
    {
        if (!WindowsCalls.AssignToJob(Handle, process.SafeHandle) && !process.HasExited)
        {
            throw new Win32Exception();
        }
    }

    public void Terminate() => _ = WindowsCalls.TerminateJob(Handle, KilledExitCode);

    public bool Contains(int pid) => Array.IndexOf(Pids(), pid) >= 0;

    /// <summary>CPU time of all, those that ended included; memory of those that run.</summary>
    public ResourceUsage Sample(Process main)
    {
        WindowsCalls.Account account;
        bool isKnown = WindowsCalls.QueryJob(Handle, WindowsCalls.Accounting, &account, (uint)sizeof(WindowsCalls.Account), null);
        return new ResourceUsage(isKnown ? TimeSpan.FromTicks(account.UserTime + account.KernelTime) : main.TotalProcessorTime, Pids().Sum(MemoryOf));
    }

    public void Dispose() => _ = WindowsCalls.Close(Handle);

    private static long MemoryOf(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.WorkingSet64;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended this moment.
            return 0;
        }
    }

    private void LimitCpu(double cpus, List<string> notes)
    {
        double share = Math.Min(1, cpus / Environment.ProcessorCount);
        var rate = new WindowsCalls.CpuRate { Flags = WindowsCalls.EnableHardCap, HundredthsOfPercent = (uint)Math.Max(1, share * WholeMachine) };
        if (!WindowsCalls.SetJob(Handle, WindowsCalls.CpuRateControl, &rate, (uint)sizeof(WindowsCalls.CpuRate)))
        {
            notes.Add($"CPU ceiling not set: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private int[] Pids()
    {
        // Two counts of 32 bits, then the numbers, each as wide as a pointer.
        nuint[] list = new nuint[MaxProcesses + 1 + (sizeof(uint) * 2 / nuint.Size)];
        fixed (nuint* start = list)
        {
            if (!WindowsCalls.QueryJob(Handle, WindowsCalls.ProcessList, start, (uint)(list.Length * nuint.Size), null))
            {
                return [];
            }

            uint count = ((uint*)start)[1];
            nuint* pids = (nuint*)((byte*)start + (sizeof(uint) * 2));
            return [.. new Span<nuint>(pids, (int)Math.Min(count, MaxProcesses)).ToArray().Select(pid => (int)pid)];
        }
    }
}
