using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision;

/// <summary>Chooses how processes are run on this machine.</summary>
public static class InstanceRunners
{
    /// <returns>A runner; where processes cannot be run, one that says so.</returns>
    public static IProcessRunner ForThisMachine(ProcessRunnerOptions options, ILoggerFactory loggerFactory, TimeProvider time)
    {
        try
        {
            return OperatingSystem.IsLinux() ? new ProcessRunner(options, loggerFactory.CreateLogger<ProcessRunner>(), time)
                : OperatingSystem.IsWindows() ? new WindowsProcessRunner(options, loggerFactory.CreateLogger<WindowsProcessRunner>())
                : new NoProcessRunner("processes are run on Linux and on Windows, and this is neither");
        }
        catch (PlatformNotSupportedException e)
        {
            return new NoProcessRunner(e.Message);
        }
    }
}
