using LocalCast.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace LocalCast.Supervision.Tests;

/// <summary>A runner with a folder of its own. At its end whatever it started is killed.</summary>
public sealed class RunnerFixture : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("localcast-runner-");

    public RunnerFixture(ProcessRunnerOptions? options = null) =>
        Runner = new ProcessRunner(options ?? new ProcessRunnerOptions(), NullLogger<ProcessRunner>.Instance, TimeProvider.System);

    internal ProcessRunner Runner { get; }

    internal string Folder => _folder.FullName;

    internal LaunchSpec Spec(string exec, params string[] args) => new()
    {
        Node = "tried",
        Generation = 1,
        Token = "token",
        Manifest = new NodeManifest { Name = "tried", Folder = Folder, Source = "test", Fingerprint = "", Run = new RunSpec { Exec = exec, Args = args } },
        Exec = exec,
        Args = args,
        WorkingDirectory = Folder,
        Environment = new Dictionary<string, string> { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! },
        DataFolder = Folder,
    };

    internal LaunchSpec Shell(string script) => Spec("/bin/sh", "-c", script);

    internal LaunchSpec Survivor(LaunchSpec spec) => spec with
    {
        Manifest = spec.Manifest with { Survives = true },
        OutputFile = Path.Combine(Folder, "stdout"),
        ErrorFile = Path.Combine(Folder, "stderr"),
    };

    internal RecordingListener Start(LaunchSpec spec)
    {
        var listener = new RecordingListener();
        Runner.Launch(spec, listener);
        return listener;
    }

    /// <summary>Runs it to its end.</summary>
    internal async Task<RecordingListener> RunAsync(LaunchSpec spec)
    {
        RecordingListener listener = Start(spec);
        await listener.LaunchedTask.DefaultTimeout();
        await listener.ExitedTask.DefaultTimeout();
        return listener;
    }

    internal async Task<string> FailAsync(LaunchSpec spec, bool isPermanent = true)
    {
        (string reason, bool wasPermanent) = await Start(spec).FailedTask.DefaultTimeout();
        Assert.Equal(isPermanent, wasPermanent);
        return reason;
    }

    internal string Write(string name, string text, bool isExecutable = true)
    {
        string file = Path.Combine(Folder, name);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | (isExecutable ? UnixFileMode.UserExecute : 0));
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        await Runner.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
