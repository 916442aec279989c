namespace LocalCast.Supervision.Tests.Launcher;

internal sealed class QuietListener : IInstanceListener
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ended => _ended.Task;

    public void Launched(IInstance instance)
    {
    }

    public void LaunchFailed(string reason, bool isPermanent) => _ended.SetException(new InvalidOperationException(reason));

    public void Printed(OutputStream stream, ReadOnlySpan<byte> line)
    {
    }

    public void Exited(int? code, int? signal) => _ended.SetResult();
}
