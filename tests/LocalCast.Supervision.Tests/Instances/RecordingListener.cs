using System.Collections.Concurrent;
using System.Text;

namespace LocalCast.Supervision.Tests;

/// <summary>Writes down what it hears of one instance.</summary>
internal sealed class RecordingListener : IInstanceListener
{
    private readonly TaskCompletionSource<IInstance> _launched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<(string Reason, bool IsPermanent)> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<(int? Code, int? Signal)> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new();
    private int _exits;

    public bool KeepsLines { get; init; } = true;

    public ConcurrentQueue<(OutputStream Stream, string Text)> Lines { get; } = new();

    public long PrintedBytes { get; private set; }

    public Task<IInstance> LaunchedTask => _launched.Task;

    public Task<(string Reason, bool IsPermanent)> FailedTask => _failed.Task;

    public Task<(int? Code, int? Signal)> ExitedTask => _exited.Task;

    public IEnumerable<string> Output => Lines.Where(line => line.Stream == OutputStream.Output).Select(line => line.Text);

    public IEnumerable<string> Error => Lines.Where(line => line.Stream == OutputStream.Error).Select(line => line.Text);

    /// <summary>Ends when the line was printed.</summary>
    public Task PrintedAsync(string line)
    {
        TaskCompletionSource awaited = _awaited.GetOrAdd(line, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        if (Lines.Any(known => known.Text == line))
        {
            awaited.TrySetResult();
        }

        return awaited.Task;
    }

    public void Launched(IInstance instance) => _launched.SetResult(instance);

    public void LaunchFailed(string reason, bool isPermanent) => _failed.SetResult((reason, isPermanent));

    public void Printed(OutputStream stream, ReadOnlySpan<byte> line)
    {
        Assert.Equal(0, _exits);
        PrintedBytes += line.Length + 1;
        if (KeepsLines)
        {
            string text = Encoding.UTF8.GetString(line);
            Lines.Enqueue((stream, text));
            if (_awaited.TryGetValue(text, out TaskCompletionSource? awaited))
            {
                awaited.TrySetResult();
            }
        }
    }

    public void Exited(int? code, int? signal)
    {
        Assert.Equal(1, ++_exits);
        _exited.SetResult((code, signal));
    }
}
