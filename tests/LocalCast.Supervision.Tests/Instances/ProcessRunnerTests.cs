using LocalCast.Testing;

namespace LocalCast.Supervision.Tests;

public sealed class ProcessRunnerTests : IAsyncLifetime
{
    private readonly RunnerFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(255)]
    public async Task Exit_OfAProcess_TellsItsCode(int code)
    {
        RecordingListener heard = await _fixture.RunAsync(_fixture.Shell($"exit {code}"));

        Assert.Equal((code, null), await heard.ExitedTask);
    }

    [Theory]
    [InlineData("SEGV", 11)]
    [InlineData("PIPE", 13)]
    [InlineData("INT", 2)]
    public async Task Exit_BySignal_TellsTheSignal(string name, int number)
    {
        RecordingListener heard = await _fixture.RunAsync(_fixture.Shell($"kill -{name} $$; exit 9"));

        Assert.Equal((null, number), await heard.ExitedTask);
    }

    [Fact]
    public async Task Exit_TheListenerFailsAtItsLastLines_ItsEndIsToldAllTheSame()
    {
        await using var fixture = new RunnerFixture();
        var listener = new FailingListener();
        fixture.Runner.Launch(fixture.Shell("echo last words; exit 7"), listener);

        Assert.Equal(7, await listener.Exit.Task.DefaultTimeout());

        RecordingListener next = await fixture.RunAsync(fixture.Shell("exit 0"));
        Assert.Equal((0, null), await next.ExitedTask);
    }

    [Fact]
    public async Task Output_OfBothStreams_ComesInOrderBeforeTheExit()
    {
        RecordingListener heard = await _fixture.RunAsync(_fixture.Shell(@"printf 'one\ntwo\r\n\nlast'; printf 'oops\n' >&2"));

        Assert.Equal(["one", "two", "", "last"], heard.Output);
        Assert.Equal(["oops"], heard.Error);
    }

    [Fact]
    public async Task StandardInput_IsAtItsEnd()
    {
        RecordingListener heard = await _fixture.RunAsync(_fixture.Shell("cat; echo read"));

        Assert.Equal(["read"], heard.Output);
    }

    [Fact]
    public async Task Environment_IsWhatTheSpecSaysAndTheAgentsMark()
    {
        LaunchSpec spec = _fixture.Spec("/usr/bin/env") with { Environment = new Dictionary<string, string> { ["ONE"] = "eins = 1", ["ÜBER"] = "ü" } };

        RecordingListener heard = await _fixture.RunAsync(spec);

        Assert.Equal(["LOCALCAST_AGENT", "ONE", "ÜBER"], heard.Output.Select(variable => variable.Split('=')[0]).Order(StringComparer.Ordinal));
        Assert.Superset(new HashSet<string>(["ONE=eins = 1", "ÜBER=ü"]), heard.Output.ToHashSet());
    }

    [Fact]
    public async Task WorkingDirectory_IsWhatTheSpecSays()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_fixture.Folder, "a b")).FullName;

        RecordingListener heard = await _fixture.RunAsync(_fixture.Spec("pwd") with { WorkingDirectory = folder });

        Assert.Equal([folder], heard.Output);
    }

    [Fact]
    public async Task Descriptors_OfTheAgent_AreNotInherited()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();

        // readlink opens none itself, and prints nothing for what is not there.
        RecordingListener heard = await _fixture.RunAsync(_fixture.Spec("readlink", "/proc/self/fd/0", "/proc/self/fd/3", "/proc/self/fd/4", "/proc/self/fd/5", "/proc/self/fd/6"));

        Assert.Equal(["/dev/null"], heard.Output);
    }

    [Fact]
    public async Task Signals_AreAsInAFreshProcess()
    {
        RecordingListener heard = await _fixture.RunAsync(_fixture.Spec("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"));

        // 32 and 33 are the C library's own.
        Assert.Equal([0, 0], heard.Output.Select(line => Convert.ToInt64(line.Split('\t')[1], 16) & 0x7fffffff));
    }

    [Fact]
    public async Task Launched_TellsTheIdentityOfTheProgramItself()
    {
        RecordingListener heard = _fixture.Start(_fixture.Shell("echo $$; exec sleep 100"));
        IInstance instance = await heard.LaunchedTask.DefaultTimeout();
        await heard.PrintedAsync($"{instance.Identity.Pid}").DefaultTimeout();

        string stat = await File.ReadAllTextAsync($"/proc/{instance.Identity.Pid}/stat");
        Assert.Equal(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], $"{instance.Identity.StartTime}");
        Assert.Equal((await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id")).Trim(), instance.Identity.BootId);
        Assert.Empty(instance.Notes);
    }

    [Fact]
    public async Task Terminate_EndsAProcess()
    {
        RecordingListener heard = _fixture.Start(_fixture.Shell("trap 'echo asked; exit 4' TERM; echo up; while :; do sleep 0.01; done"));
        await heard.PrintedAsync("up").DefaultTimeout();

        (await heard.LaunchedTask).Terminate();

        Assert.Equal((4, null), await heard.ExitedTask.DefaultTimeout());
        Assert.Contains("asked", heard.Output);
    }

    [Fact]
    public async Task Kill_OfOneThatIgnoresSigterm_EndsIt()
    {
        RecordingListener heard = _fixture.Start(_fixture.Shell("trap '' TERM; echo up; while :; do sleep 0.01; done"));
        await heard.PrintedAsync("up").DefaultTimeout();
        IInstance instance = await heard.LaunchedTask;

        instance.Terminate();
        instance.Kill();

        Assert.Equal((null, 9), await heard.ExitedTask.DefaultTimeout());
    }

    [Fact]
    public async Task Dispose_KillsWhatRuns_AndLaunchesNothingMore()
    {
        RecordingListener heard = _fixture.Start(_fixture.Spec("sleep", "1000"));
        await heard.LaunchedTask.DefaultTimeout();

        await _fixture.Runner.DisposeAsync().DefaultTimeout();

        Assert.Equal((null, 9), await heard.ExitedTask.DefaultTimeout());
        Assert.Equal("the agent is ending", await _fixture.FailAsync(_fixture.Spec("sleep", "1000"), isPermanent: false));
    }

    private sealed class FailingListener : IInstanceListener
    {
        public TaskCompletionSource<int?> Exit { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Launched(IInstance instance)
        {
            // The test waits for its end.
        }

        public void LaunchFailed(string reason, bool isPermanent) => Exit.SetException(new InvalidOperationException(reason));

        public void Printed(OutputStream stream, ReadOnlySpan<byte> line) => throw new InvalidOperationException("of a listener");

        public void Exited(int? code, int? signal) => Exit.SetResult(code);
    }
}
