namespace LocalCast.Supervision;

/// <summary>How processes are run.</summary>
public sealed class ProcessRunnerOptions
{
    /// <summary>Where the shell is looked for that ends processes when the agent is killed.</summary>
    /// <value>sh, at its fixed places. Linux only.</value>
    public IReadOnlyList<string> GuardShells { get; set; } = ["/bin/sh", "/usr/bin/sh"];

    /// <summary>How much may be told to that shell before it reads it; then it counts as stuck and another one is started.</summary>
    /// <value>1 MiB. A process is some 30 bytes: all that a machine can have.</value>
    public int GuardPipeBytes { get; set; } = 1024 * 1024;

    /// <summary>Where the program is looked for that ties a process to the life of the agent where there is no such shell.</summary>
    /// <value>setpriv of util-linux, at its fixed places. Linux only.</value>
    public IReadOnlyList<string> ParentDeathWrappers { get; set; } = ["/usr/bin/setpriv", "/bin/setpriv"];

    /// <summary>Where control groups (version 2) are mounted, for ceilings. Linux only.</summary>
    /// <value>/sys/fs/cgroup.</value>
    public string ControlGroupRoot { get; set; } = "/sys/fs/cgroup";

    /// <summary>How long killed processes may take to be gone when the runner is disposed.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan KillTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
