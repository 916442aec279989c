using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision;

public static class InstanceRunners
{
    public static IProcessRunner ForThisMachine(ProcessRunnerOptions options, ILoggerFactory loggerFactory, TimeProvider timeProvider) =>
        OperatingSystem.IsLinux() ? new ProcessRunner(options, loggerFactory.CreateLogger<ProcessRunner>(), timeProvider) : throw new PlatformNotSupportedException();
}
