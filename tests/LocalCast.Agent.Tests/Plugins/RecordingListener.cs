using System.Text;
using LocalCast.Supervision;

namespace LocalCast.Agent.Tests;

/// <summary>Keeps what a runner tells, and fails when it breaks its contract.</summary>
internal sealed class RecordingListener : IInstanceListener
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];

    public TaskCompletionSource<IInstance> Running { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<(string Reason, bool IsPermanent)> Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<(int? Code, int? Signal)> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public void Launched(IInstance instance)
    {
        Assert.False(Failed.Task.IsCompleted);
        Running.SetResult(instance);
    }

    public void LaunchFailed(string reason, bool isPermanent)
    {
        Assert.False(Running.Task.IsCompleted);
        Failed.SetResult((reason, isPermanent));
    }

    public void Printed(OutputStream stream, ReadOnlySpan<byte> line)
    {
        Assert.False(Ended.Task.IsCompleted);
        lock (_lock)
        {
            _lines.Add($"{stream}: {Encoding.UTF8.GetString(line)}");
        }
    }

    public void Exited(int? code, int? signal)
    {
        Assert.True(Running.Task.IsCompleted);
        Ended.SetResult((code, signal));
    }
}
