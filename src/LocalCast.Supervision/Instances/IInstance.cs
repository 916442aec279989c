namespace LocalCast.Supervision;

/// <summary>A running instance of a node. Thread-safe; nothing here blocks.</summary>
public interface IInstance
{
    /// <summary>Who it is, for good: a number may be given to another process later, these three together are not.</summary>
    InstanceIdentity Identity { get; }

    /// <summary>What could not be done as the manifest asks, in words: a ceiling without cgroup v2, say.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>Asks it to end: SIGTERM to its process group, CTRL_BREAK on Windows.</summary>
    void Terminate();

    /// <summary>Ends it and everything that it started.</summary>
    void Kill();

    /// <summary>Whether a process belongs to it.</summary>
    bool Owns(int pid);

    /// <summary>CPU time and memory of its process tree; <see langword="null"/> when that cannot be told (code in the agent).</summary>
    ResourceUsage? Sample();
}

/// <summary>A process, told from all others that ever had its number.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="StartTime">When it began, in the clock ticks of its machine since boot.</param>
/// <param name="BootId">The machine's boot.</param>
public sealed record InstanceIdentity(int Pid, long StartTime, string BootId);

/// <summary>What a process tree uses.</summary>
/// <param name="CpuTime">Since it began.</param>
/// <param name="MemoryBytes">Resident now.</param>
public readonly record struct ResourceUsage(TimeSpan CpuTime, long MemoryBytes);

/// <summary>Starts instances.</summary>
public interface IInstanceRunner
{
    /// <summary>Starts one. Everything, failures too, is told to the listener, from any thread, possibly before this returns.</summary>
    void Launch(LaunchSpec spec, IInstanceListener listener);
}

/// <summary>What to start, resolved: nothing relative, nothing left to look up.</summary>
public sealed record LaunchSpec
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>Which launch of it.</summary>
    public required int Generation { get; init; }

    /// <summary>A secret by which the instance's session is known to be its own.</summary>
    public required string Token { get; init; }

    /// <summary>The manifest.</summary>
    public required NodeManifest Manifest { get; init; }

    /// <summary>A command found on PATH, or a path.</summary>
    public required string Exec { get; init; }

    /// <summary>Arguments.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Where it runs.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The whole environment.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The node's own folder for data; exists.</summary>
    public required string DataFolder { get; init; }

    /// <summary>
    /// Where a node that survives the agent writes its stdout: a pipe would break when the agent ends. A file for this launch alone, in a
    /// folder that exists. Other nodes have pipes. Absent: its stdout is dropped.
    /// </summary>
    public string? OutputFile { get; init; }

    /// <summary>The same for stderr.</summary>
    public string? ErrorFile { get; init; }
}

/// <summary>Hears of an instance.</summary>
public interface IInstanceListener
{
    /// <summary>It runs.</summary>
    void Launched(IInstance instance);

    /// <summary>It could not be started.</summary>
    /// <param name="reason">Why, for people.</param>
    /// <param name="isPermanent">Whether trying again is pointless: no such file, not executable.</param>
    void LaunchFailed(string reason, bool isPermanent);

    /// <summary>
    /// It printed a line, without its end. A line of more than 16 KiB comes in pieces: each but the last has exactly 16 KiB. Told one after
    /// the other, by the thread that watches all instances: no implementation may block.
    /// </summary>
    void Printed(OutputStream stream, ReadOnlySpan<byte> line);

    /// <summary>
    /// It ended: told once, after everything that it printed. Both are <see langword="null"/> when the end of an adopted instance was seen
    /// by somebody else.
    /// </summary>
    void Exited(int? code, int? signal);
}

/// <summary>Where a line was printed.</summary>
public enum OutputStream
{
    /// <summary>stdout</summary>
    Output,

    /// <summary>stderr</summary>
    Error,
}
