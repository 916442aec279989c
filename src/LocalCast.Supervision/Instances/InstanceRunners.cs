using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision;

/// <summary>Chooses how processes are run on this machine.</summary>
public static class InstanceRunners
{
    /// <exception cref="PlatformNotSupportedException">Neither Linux (5.3 or newer) nor Windows.</exception>
    public static IProcessRunner ForThisMachine(ProcessRunnerOptions options, ILoggerFactory loggerFactory, TimeProvider time)
    {
        if (OperatingSystem.IsLinux())
        {
            return new ProcessRunner(options, loggerFactory.CreateLogger<ProcessRunner>(), time);
        }

        return OperatingSystem.IsWindows()
            ? new WindowsProcessRunner(options, loggerFactory.CreateLogger<WindowsProcessRunner>())
            : throw new PlatformNotSupportedException("Nodes can be run on Linux and on Windows.");
    }
}
