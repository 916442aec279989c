using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using LocalCast.Supervision.Internal;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision;

/// <summary>
/// Runs processes on Linux. One thread starts and watches all of them; each is the leader of a session of its own, and is killed with it
/// and with whatever it started. Listeners are called by that thread and must not block it.
/// </summary>
[SupportedOSPlatform("linux")]
public sealed partial class ProcessRunner : IProcessRunner
{
    private readonly ProcessRunnerOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ProcessThread _thread;
    private readonly ProcessLauncher _launcher;
    private volatile bool _isDisposed;

    /// <exception cref="PlatformNotSupportedException">The kernel is older than 5.3.</exception>
    public ProcessRunner(ProcessRunnerOptions options, ILogger<ProcessRunner> logger, TimeProvider time)
    {
        int probe = LinuxCalls.PidfdOpen(Environment.ProcessId);
        if (probe < 0)
        {
            throw new PlatformNotSupportedException($"Processes cannot be watched here, it takes Linux 5.3 or newer: {Marshal.GetLastPInvokeErrorMessage()}.");
        }

        _ = LinuxCalls.Close(probe);
        _options = options;
        _logger = logger;
        _time = time;
        var guard = new AgentGuard(options.GuardShells.FirstOrDefault(File.Exists), options.GuardPipeBytes, logger);
        _thread = new ProcessThread(guard, logger);
        _thread.Post(() => _ = guard.TryStart()); // now, while nobody waits for a process yet
        _launcher = new ProcessLauncher(_thread, guard, new ControlGroups(options.ControlGroupRoot), options.ParentDeathWrappers.FirstOrDefault(File.Exists));
    }

    public void Launch(LaunchSpec spec, IInstanceListener listener)
    {
        if (_isDisposed)
        {
            listener.LaunchFailed("the agent is ending", isPermanent: false);
            return;
        }

        _thread.Post(() => LaunchOnThread(spec, listener));
    }

    public bool TryAdopt(LaunchSpec spec, InstanceIdentity identity, IInstanceListener listener)
    {
        if (_isDisposed || identity.BootId != ProcessTable.BootId)
        {
            return false;
        }

        // First the descriptor, then the look at who it is: from here on it cannot become another.
        int pidfd = LinuxCalls.PidfdOpen(identity.Pid);
        if (pidfd < 0)
        {
            return false;
        }

        if (!ProcessStat.TryRead(identity.Pid, out ProcessStat stat) || stat.IsZombie || stat.StartTime != identity.StartTime || stat.Session != identity.Pid)
        {
            _ = LinuxCalls.Close(pidfd);
            return false;
        }

        _thread.Post(() => AdoptOnThread(spec, identity, pidfd, listener));
        return true;
    }

    public IReadOnlyCollection<Leftover> KillLeftovers(IReadOnlyCollection<Leftover> left) =>
        Leftovers.Kill([.. left.Where(one => one.Identity.BootId == ProcessTable.BootId)]);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _thread.Post(_thread.KillAndStop);
        try
        {
            await _thread.Ended.WaitAsync(_options.KillTimeout, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogNotGone(_logger, _options.KillTimeout.TotalSeconds);
            _thread.Post(_thread.Stop);
            await _thread.Ended.ConfigureAwait(false);
        }
    }

    private ChildProcess? TryLaunch(LaunchSpec spec, IInstanceListener listener, out LaunchFailure? failure)
    {
        failure = new LaunchFailure("the agent is ending", IsPermanent: false);
        try
        {
            return _isDisposed ? null : _launcher.Launch(spec, listener, out failure);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            failure = new LaunchFailure($"{spec.Exec} could not be started: {e.Message}", IsPermanent: false);
            return null;
        }
    }

    private void LaunchOnThread(LaunchSpec spec, IInstanceListener listener)
    {
        ChildProcess? child = TryLaunch(spec, listener, out LaunchFailure? failure);
        if (child is null)
        {
            listener.LaunchFailed(failure!.Reason, failure.IsPermanent);
            return;
        }

        _thread.Watch(child);
        LogLaunched(_logger, spec.Node, spec.Generation, child.Identity.Pid);
        listener.Launched(child);
    }

    private void AdoptOnThread(LaunchSpec spec, InstanceIdentity identity, int pidfd, IInstanceListener listener)
    {
        ChildProcess child = _launcher.Adopt(spec, identity, pidfd, listener);
        _thread.Watch(child);
        LogAdopted(_logger, spec.Node, spec.Generation, identity.Pid);
        listener.Launched(child);
    }

    [LoggerMessage(3210, LogLevel.Debug, "{Node}: launch {Generation} runs as process {Pid}", EventName = "ProcessLaunched")]
    private static partial void LogLaunched(ILogger logger, string node, int generation, int pid);

    [LoggerMessage(3212, LogLevel.Debug, "{Node}: process {Pid}, which survived its agent, is taken over as launch {Generation}", EventName = "ProcessAdopted")]
    private static partial void LogAdopted(ILogger logger, string node, int generation, int pid);

    [LoggerMessage(3211, LogLevel.Warning, "Killed processes were not gone after {Seconds} s", EventName = "ProcessesNotGone")]
    private static partial void LogNotGone(ILogger logger, double seconds);
}
