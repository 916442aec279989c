using System.Diagnostics;
using System.Runtime.Versioning;

namespace LocalCast.Supervision.Internal;

/// <summary>One process on Windows. No Windows machine tests this.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsInstance(Process process, JobObject? job, IInstanceListener listener, IReadOnlyList<string> notes, Action<WindowsInstance> ended) : IInstance
{
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();

    /// <summary>Once it is closed the number may be another's, and nothing more is told of it.</summary>
    private bool _isGone;

    public InstanceIdentity Identity { get; } = Identify(process);

    public IReadOnlyList<string> Notes => notes;

    public bool Survives { get; init; } = true;

    public Task Ended => _ended.Task;

    /// <summary>Windows has no number for a boot; the start time, in 100 ns, tells processes of different boots apart.</summary>
    public static InstanceIdentity Identify(Process process) => new(process.Id, process.StartTime.ToUniversalTime().ToFileTimeUtc(), "windows");

    /// <summary>Begins to read it and to wait for its end, after it was told that it runs.</summary>
    public void Begin() => _ = WatchAsync();

    public void Terminate() => IfRunning(() => WindowsCalls.SendBreak(Identity.Pid));

    public void Kill() => IfRunning(() =>
    {
        if (job is not null)
        {
            job.Terminate();
        }
        else
        {
            process.Kill(entireProcessTree: true);
        }
    });

    public bool Owns(int pid)
    {
        lock (_lock)
        {
            return !_isGone && (pid == Identity.Pid || (job is not null && job.Contains(pid)));
        }
    }

    public ResourceUsage? Sample()
    {
        lock (_lock)
        {
            if (_isGone || process.HasExited)
            {
                return null;
            }

            process.Refresh();
            return job?.Sample(process) ?? new ResourceUsage(process.TotalProcessorTime, process.WorkingSet64);
        }
    }

    private async Task WatchAsync()
    {
        bool isRead = process.StartInfo.RedirectStandardOutput && job is not null;
        Task output = isRead ? ReadAsync(process.StandardOutput.BaseStream, OutputStream.Output) : Task.CompletedTask;
        Task error = isRead ? ReadAsync(process.StandardError.BaseStream, OutputStream.Error) : Task.CompletedTask;
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);

        // What it left running holds the pipes open.
        job?.Terminate();
        await Task.WhenAny(Task.WhenAll(output, error), Task.Delay(DrainTimeout, TimeProvider.System)).ConfigureAwait(false);
        int? code = job is null ? null : process.ExitCode;
        lock (_lock)
        {
            _isGone = true;
            job?.Dispose();
            process.Dispose();
        }

        ended(this);
        try
        {
            listener.Exited(code, null);
        }
        finally
        {
            _ended.SetResult();
        }
    }

    private async Task ReadAsync(Stream stream, OutputStream kind)
    {
        byte[] buffer = new byte[64 * 1024];
        var lines = new LineSplitter(kind, listener);
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0)
            {
                Take(lines, buffer.AsSpan(0, count));
            }

            Take(lines, []);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The pipe broke with its process: that is its end.
        }
    }

    private void Take(LineSplitter lines, ReadOnlySpan<byte> data)
    {
        // Both streams are read at once; the listener hears one line after the other.
        lock (_lock)
        {
            if (_isGone)
            {
                return;
            }

            if (data.IsEmpty)
            {
                lines.End();
            }
            else
            {
                lines.Take(data);
            }
        }
    }

    private void IfRunning(Action action)
    {
        lock (_lock)
        {
            if (!_isGone && !process.HasExited)
            {
                action();
            }
        }
    }
}
