using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace LocalCast.Supervision.Internal;

[SupportedOSPlatform("windows")]
internal static partial class WindowsCalls
{
    public const int ExtendedLimits = 9; // JobObjectExtendedLimitInformation
    public const int CpuRateControl = 15; // JobObjectCpuRateControlInformation
    public const int Accounting = 1; // JobObjectBasicAccountingInformation
    public const int ProcessList = 3; // JobObjectBasicProcessIdList
    public const uint KillOnClose = 0x2000; // JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
    public const uint JobMemory = 0x200; // JOB_OBJECT_LIMIT_JOB_MEMORY
    public const uint EnableHardCap = 0x1 | 0x4; // JOB_OBJECT_CPU_RATE_CONTROL_ENABLE, _HARD_CAP

    private const string Kernel = "kernel32.dll";
    private const uint ControlBreak = 1; // CTRL_BREAK_EVENT

    /// <summary>Asks a process group to end; it works on processes of the agent's console only, and is lost on others.</summary>
    public static void SendBreak(int group) => _ = GenerateConsoleCtrlEvent(ControlBreak, (uint)group);

    [LibraryImport(Kernel, EntryPoint = "CreateJobObjectW", SetLastError = true)]
    public static partial nint CreateJob(nint attributes, nint name);

    [LibraryImport(Kernel, EntryPoint = "SetInformationJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static unsafe partial bool SetJob(nint job, int kind, void* information, uint size);

    [LibraryImport(Kernel, EntryPoint = "QueryInformationJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static unsafe partial bool QueryJob(nint job, int kind, void* information, uint size, uint* needed);

    [LibraryImport(Kernel, EntryPoint = "AssignProcessToJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool AssignToJob(nint job, SafeHandle process);

    [LibraryImport(Kernel, EntryPoint = "TerminateJobObject", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool TerminateJob(nint job, uint exitCode);

    [LibraryImport(Kernel, EntryPoint = "CloseHandle")]
    [return: MarshalAs(UnmanagedType.Bool)]
    public static partial bool Close(nint handle);

    [LibraryImport(Kernel, EntryPoint = "GenerateConsoleCtrlEvent", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GenerateConsoleCtrlEvent(uint controlEvent, uint group);

    /// <summary><c>JOBOBJECT_EXTENDED_LIMIT_INFORMATION</c>, its basic limits and I/O counters spelled out.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ExtendedLimit
    {
        public long ProcessUserTime;
        public long JobUserTime;
        public uint Flags;
        public nuint MinimumWorkingSet;
        public nuint MaximumWorkingSet;
        public uint ActiveProcesses;
        public nuint Affinity;
        public uint Priority;
        public uint Scheduling;
        public ulong Read0;
        public ulong Write0;
        public ulong Other0;
        public ulong Read1;
        public ulong Write1;
        public ulong Other1;
        public nuint ProcessMemory;
        public nuint JobMemory;
        public nuint PeakProcessMemory;
        public nuint PeakJobMemory;
    }

    /// <summary><c>JOBOBJECT_CPU_RATE_CONTROL_INFORMATION</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct CpuRate
    {
        public uint Flags;
        public uint HundredthsOfPercent;
    }

    /// <summary><c>JOBOBJECT_BASIC_ACCOUNTING_INFORMATION</c>; times in 100 ns.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Account
    {
        public long UserTime;
        public long KernelTime;
        public long PeriodUserTime;
        public long PeriodKernelTime;
        public uint PageFaults;
        public uint Processes;
        public uint ActiveProcesses;
        public uint TerminatedProcesses;
    }
}
