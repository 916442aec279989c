using System.Diagnostics;
using System.Reflection;

namespace LocalCast.Cli.Bench;

/// <summary>This program once more, as the other end of a measurement. It never outlives the one that started it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>Makes the child end when its standard input does, which happens however this process ends.</summary>
    public const string EndWithInput = "--end-with-input";

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    /// <summary>What it prints. Its errors go where ours go.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>The CPU time that it took so far.</summary>
    public TimeSpan ProcessorTime => Refreshed().TotalProcessorTime;

    /// <summary>Its memory that is not swapped out.</summary>
    public long ResidentBytes => Refreshed().WorkingSet64;

    public static ChildProcess Start(params ReadOnlySpan<string> arguments)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is unknown");
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location); // run as `dotnet localcast.dll`
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.ArgumentList.Add(EndWithInput);
#pragma warning disable RS0030 // the launcher is the supervisor's; this is the command starting itself
        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start"));
#pragma warning restore RS0030
    }

    /// <summary>Completes when the standard input of this process ends.</summary>
    /// <remarks>A thread of its own waits for that: one of the pool's would be missing in what is measured.</remarks>
    public static Task WhenInputEndsAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = new Thread(() =>
        {
            using Stream input = Console.OpenStandardInput();
            while (input.ReadByte() >= 0)
            {
                // Nobody sends anything; only the end counts.
            }

            ended.SetResult();
        })
        { IsBackground = true };
        waiting.Start();
        return ended.Task;
    }

    /// <summary>Waits for something to happen, but not longer than the child lives.</summary>
    public async Task WhileAliveAsync(Task task, CancellationToken cancellationToken)
    {
        Task exit = _process.WaitForExitAsync(cancellationToken);
        if (await Task.WhenAny(task, exit) == exit && !task.IsCompleted)
        {
            await exit;
            throw new InvalidOperationException($"the other end of the measurement stopped with exit code {_process.ExitCode}");
        }

        await task;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private Process Refreshed()
    {
        _process.Refresh();
        return _process;
    }
}
