using System.Text;

namespace LocalCast.Supervision.Tests.Launcher;

internal sealed class PrintingListener : IInstanceListener
{
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Told => _told.Task;

    public void Launched(IInstance instance)
    {
        Console.WriteLine($"{instance.Identity.Pid} {instance.Identity.StartTime} {instance.Identity.BootId}");
        _told.SetResult();
    }

    public void LaunchFailed(string reason, bool isPermanent) => _told.SetException(new InvalidOperationException(reason));

    public void Printed(OutputStream stream, ReadOnlySpan<byte> line) => Console.WriteLine("printed " + Encoding.UTF8.GetString(line));

    public void Exited(int? code, int? signal)
    {
    }
}
