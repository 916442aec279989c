using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace LocalCast.Testing;

/// <summary>No await of a test lasts for ever: after 30 seconds of real time it fails and says where it stood.</summary>
public static class TaskTimeout
{
    private static TimeSpan Limit => Debugger.IsAttached ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(30);

    public static async Task DefaultTimeout(this Task task, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        try
        {
            await task.WaitAsync(Limit);
        }
        catch (TimeoutException e) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Nothing came at {Path.GetFileName(file)}:{line} within {Limit.TotalSeconds} s.", e);
        }
    }

    public static async Task<T> DefaultTimeout<T>(this Task<T> task, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        await DefaultTimeout((Task)task, file, line);
        return await task;
    }

    public static Task DefaultTimeout(this ValueTask task, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        task.AsTask().DefaultTimeout(file, line);

    public static Task<T> DefaultTimeout<T>(this ValueTask<T> task, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        task.AsTask().DefaultTimeout(file, line);
}
