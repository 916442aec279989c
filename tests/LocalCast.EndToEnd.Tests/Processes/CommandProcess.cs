using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>The real command, running as a process.</summary>
internal sealed class CommandProcess : IDisposable
{
    /// <summary>The command. Its build output is copied beside the tests, because they reference it.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "localcast.exe" : "localcast");

    private readonly Process _process;
    private readonly Captured _output = new();
    private readonly Captured _errors = new();
    private bool _isDisposed;

    private CommandProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => _output.Add(line.Data);
        process.ErrorDataReceived += (_, line) => _errors.Add(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Pid => _process.Id;

    /// <summary>What it has printed so far.</summary>
    public string Output => _output.Text;

    /// <summary>What it has printed on stderr so far.</summary>
    public string Errors => _errors.Text;

    public static CommandProcess Start(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments) => StartBy([], environment, arguments);

    /// <summary>Starts it by another command, which must become it, as <c>ip netns exec</c> does.</summary>
    public static CommandProcess StartBy(IReadOnlyList<string> launcher, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        string[] words = [.. launcher, Program, .. arguments];
        var start = new ProcessStartInfo(words[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Remove("LOCALCAST_PIPE"); // whatever the developer has set
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        foreach (string argument in words[1..])
        {
            start.ArgumentList.Add(argument);
        }

        return new CommandProcess(Process.Start(start)!);
    }

    /// <summary>Waits until a line of its output contains a text.</summary>
    public async Task WaitForOutputAsync(string text) => await WaitForAsync(_output, text);

    /// <summary>Waits until a line of its stderr contains a text.</summary>
    public async Task WaitForErrorAsync(string text) => await WaitForAsync(_errors, text);

    /// <summary>Waits for its end, and for all that it printed.</summary>
    public async Task<CommandResult> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().DefaultTimeout();
        return new CommandResult(_process.ExitCode, Output, Errors);
    }

    public void Signal(PosixSignal signal)
    {
        int number = signal switch
        {
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGTERM => 15,
            _ => throw new ArgumentOutOfRangeException(nameof(signal)),
        };
        Assert.Equal(0, NativeMethods.Kill(Pid, number));
    }

    /// <summary>Ends it without asking, as a crash would.</summary>
    public async Task CrashAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().DefaultTimeout();
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task WaitForAsync(Captured captured, string text)
    {
        Task found = captured.WhenContains(text);
        Task ended = _process.WaitForExitAsync();
        await Task.WhenAny(found, ended).DefaultTimeout();
        Assert.True(found.IsCompleted || captured.Text.Contains(text, StringComparison.Ordinal), $"'{text}' did not come; stdout: {Output} stderr: {Errors}");
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "kill")]
        public static extern int Kill(int pid, int signal);
    }
}
