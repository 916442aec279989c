using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.Versioning;
using LocalCast.Supervision.Internal;
using Microsoft.Extensions.Logging;

namespace LocalCast.Supervision;

/// <summary>
/// Runs processes on Windows: each in a process group and a job object of its own, which ends with the agent. No Windows machine tests
/// this; it was written and reviewed against the documentation.
/// </summary>
[SupportedOSPlatform("windows")]
public sealed partial class WindowsProcessRunner(ProcessRunnerOptions options, ILogger<WindowsProcessRunner> logger) : IProcessRunner
{
    private const int FileNotFound = 2;
    private const int PathNotFound = 3;
    private const int AccessDenied = 5;
    private const int BadFormat = 193;

    private readonly Lock _lock = new();
    private readonly HashSet<WindowsInstance> _running = [];
    private bool _isDisposed;

    public void Launch(LaunchSpec spec, IInstanceListener listener)
    {
        WindowsInstance? instance = null;
        try
        {
            instance = Start(spec, listener);
        }
        catch (Win32Exception e)
        {
            listener.LaunchFailed($"{spec.Exec} could not be started: {e.Message}", e.NativeErrorCode is FileNotFound or PathNotFound or AccessDenied or BadFormat);
        }
        catch (InvalidOperationException e)
        {
            listener.LaunchFailed(e.Message, isPermanent: false);
        }

        if (instance is not null)
        {
            LogLaunched(logger, spec.Node, spec.Generation, instance.Identity.Pid);
            listener.Launched(instance);
            instance.Begin();
        }
    }

    public bool TryAdopt(LaunchSpec spec, InstanceIdentity identity, IInstanceListener listener)
    {
        if (Find(identity) is not { } process || Adopt(process, listener) is not { } instance)
        {
            return false;
        }

        listener.Launched(instance);
        instance.Begin();
        return true;
    }

    public IReadOnlyCollection<Leftover> KillLeftovers(IReadOnlyCollection<Leftover> left) => [.. left.Where(one =>
    {
        // The job object ended whatever did not survive; what is left is a survivor, with what it started.
        using Process? process = Find(one.Identity);
        return TryKill(process);
    })];

    public async ValueTask DisposeAsync()
    {
        WindowsInstance[] running;
        lock (_lock)
        {
            _isDisposed = true;
            running = [.. _running.Where(instance => !instance.Survives)];
        }

        Array.ForEach(running, instance => instance.Kill());
        try
        {
            await Task.WhenAll(running.Select(instance => instance.Ended)).WaitAsync(options.KillTimeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogNotGone(logger, options.KillTimeout.TotalSeconds);
        }
    }

    private WindowsInstance? Adopt(Process process, IInstanceListener listener)
    {
        try
        {
            process.EnableRaisingEvents = true; // takes a right to wait for it: without that, its end would never be heard of
            var instance = new WindowsInstance(process, null, listener, ["what it prints is lost: it was started by an agent that is gone"], Forget);
            Remember(instance);
            return instance;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            process.Dispose();
            return null; // it is gone meanwhile, or not ours to wait for
        }
    }

    private static Process? Find(InstanceIdentity identity)
    {
        Process? process = null;
        try
        {
            process = Process.GetProcessById(identity.Pid);
            if (WindowsInstance.Identify(process) == identity)
            {
                return process;
            }
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It is gone, or another user's: not ours either way.
        }

        process?.Dispose();
        return null;
    }

    private static ProcessStartInfo Describe(LaunchSpec spec)
    {
        string inFolder = Path.GetFullPath(Path.Combine(spec.Manifest.Folder, spec.Exec));
        var start = new ProcessStartInfo(spec.Exec.AsSpan().ContainsAny('/', '\\') ? inFolder : spec.Exec, spec.Args)
        {
            WorkingDirectory = spec.WorkingDirectory,
            CreateNewProcessGroup = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = !spec.Manifest.Survives,
            RedirectStandardError = !spec.Manifest.Survives,
        };
        start.Environment.Clear();
        foreach ((string name, string value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private WindowsInstance Start(LaunchSpec spec, IInstanceListener listener)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock();
        }

        var notes = new List<string>();
        bool survives = spec.Manifest.Survives;
        JobObject? job = survives ? null : JobObject.Create(spec.Manifest.Resources, notes);
        Process? process = null;
        try
        {
#pragma warning disable RS0030 // This is the launcher.
            process = Process.Start(Describe(spec)) ?? throw new InvalidOperationException($"{spec.Exec} could not be started");
#pragma warning restore RS0030

            // Until this returns, a child of the child would be outside: a moment, for .NET cannot start a process suspended.
            job?.Add(process);
            process.StandardInput.Close();
            if (survives)
            {
                notes.Add("what it prints is lost: it survives the agent");
            }

            var instance = new WindowsInstance(process, job, listener, notes, Forget) { Survives = survives }; // looks who the process is, which may fail
            Remember(instance);
            return instance;
        }
        catch
        {
            Abandon(process, job);
            throw;
        }
    }

    // Nobody else will ever end it: whatever goes wrong with one step, the others are done.
    private static void Abandon(Process? process, JobObject? job)
    {
        _ = TryKill(process);
        process?.Dispose();
        job?.Dispose(); // ends what is in it
    }

    private static bool TryKill(Process? process)
    {
        try
        {
            process?.Kill(entireProcessTree: true);
            return process is not null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or AggregateException)
        {
            return false; // it is gone, or cannot be ended by this user
        }
    }

    private void Remember(WindowsInstance instance)
    {
        lock (_lock)
        {
            ThrowIfDisposed_NeedsLock(); // nobody would kill it any more
            _ = _running.Add(instance);
        }
    }

    private void ThrowIfDisposed_NeedsLock()
    {
        if (_isDisposed)
        {
            throw new InvalidOperationException("the agent is ending");
        }
    }

    private void Forget(WindowsInstance instance)
    {
        lock (_lock)
        {
            _ = _running.Remove(instance);
        }
    }

    [LoggerMessage(3210, LogLevel.Debug, "{Node}: launch {Generation} runs as process {Pid}", EventName = "ProcessLaunched")]
    private static partial void LogLaunched(ILogger logger, string node, int generation, int pid);

    [LoggerMessage(3211, LogLevel.Warning, "Killed processes were not gone after {Seconds} s", EventName = "ProcessesNotGone")]
    private static partial void LogNotGone(ILogger logger, double seconds);
}
