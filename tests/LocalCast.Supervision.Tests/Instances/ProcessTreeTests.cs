using System.Globalization;
using LocalCast.Testing;

namespace LocalCast.Supervision.Tests;

public sealed class ProcessTreeTests : IAsyncLifetime
{
    private readonly RunnerFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Exit_IsNotHeldUpByAChildThatKeepsThePipesOpen_AndTheChildIsKilled()
    {
        RecordingListener heard = await _fixture.RunAsync(_fixture.Shell("sleep 1000 & echo $!; exit 5"));

        Assert.Equal((5, null), await heard.ExitedTask);
        await Processes.GoneAsync(heard.Output.Single()).DefaultTimeout();
    }

    [Fact]
    public async Task Kill_EndsChildrenAndGrandchildrenInSessionsOfTheirOwn()
    {
        RecordingListener heard = _fixture.Start(_fixture.Shell("sleep 1000 & echo $!; setsid sh -c 'sleep 1000 & echo $!; echo $$; setsid sleep 1000 & echo $!; echo up; wait' & echo $!; wait"));
        await heard.PrintedAsync("up").DefaultTimeout();

        (await heard.LaunchedTask).Kill();

        Assert.Equal((null, 9), await heard.ExitedTask.DefaultTimeout());
        string[] pids = [.. heard.Output.Where(line => line != "up")];
        Assert.True(pids.Length >= 4);
        foreach (string pid in pids)
        {
            await Processes.GoneAsync(pid).DefaultTimeout();
        }
    }

    [Fact]
    public async Task Kill_OfOneThatForksAllTheTime_LeavesNothing()
    {
        string mark = $"localcast-{Guid.NewGuid():N}";
        _ = _fixture.Write("forks", "#!/bin/sh\ni=0\nwhile [ $i -lt 400 ]; do i=$((i+1)); (exec sh -c 'sleep 1000; :' \"$1\") & [ $i = 20 ] && echo up; done\nwait\n");
        RecordingListener heard = _fixture.Start(_fixture.Spec("./forks", mark));
        await heard.PrintedAsync("up").DefaultTimeout();

        (await heard.LaunchedTask).Kill();

        _ = await heard.ExitedTask.DefaultTimeout();
        await Processes.NoneWithAsync(mark).DefaultTimeout();
    }

    [Fact]
    public async Task Owns_ItsWholeTreeAndNobodyElse()
    {
        RecordingListener heard = _fixture.Start(_fixture.Shell("setsid sh -c 'sleep 1000 & echo $!; wait' & wait"));
        IInstance instance = await heard.LaunchedTask.DefaultTimeout();
        await Until.TrueAsync(() => heard.Output.Any()).DefaultTimeout();

        Assert.True(instance.Owns(instance.Identity.Pid));
        Assert.True(instance.Owns(int.Parse(heard.Output.First(), CultureInfo.InvariantCulture)));
        Assert.False(instance.Owns(Environment.ProcessId));
        Assert.False(instance.Owns(1));
        Assert.False(instance.Owns(0));
    }

    [Fact]
    public async Task Owns_AfterItsEnd_Nothing()
    {
        RecordingListener heard = await _fixture.RunAsync(_fixture.Spec("true"));
        IInstance instance = await heard.LaunchedTask;

        Assert.False(instance.Owns(instance.Identity.Pid));
        Assert.Null(instance.Sample());
    }

    [Fact]
    public async Task Sample_AddsUpTheTree()
    {
        // Some 100 MB in the child, and CPU time in it.
        string script = "python3 -c \"b=bytearray(100*1024*1024); s=sum(range(3000000)); print('up', flush=True); import time; time.sleep(1000)\" & wait";
        RecordingListener heard = _fixture.Start(_fixture.Shell(script));
        await heard.PrintedAsync("up").DefaultTimeout();

        ResourceUsage usage = (await heard.LaunchedTask).Sample()!.Value;

        Assert.InRange(usage.MemoryBytes, 100 * 1024 * 1024, 400 * 1024 * 1024);
        Assert.True(usage.CpuTime > TimeSpan.Zero);
    }

    [Fact]
    public async Task Run_OfManyShortProcesses_LeavesNoDescriptorAndNoZombie()
    {
        _ = await _fixture.RunAsync(_fixture.Spec("true"));
        int before = Directory.GetFiles("/proc/self/fd").Length;

        RecordingListener[] all = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _fixture.RunAsync(_fixture.Shell($"echo {i}; exit {i}"))));

        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal([$"{i}"], all[i].Output);
            Assert.Equal((i, null), await all[i].ExitedTask);
        }

        // Other tests of this process come and go with files of their own.
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 100);
        foreach (RecordingListener heard in all)
        {
            Assert.False(Processes.Exists((await heard.LaunchedTask).Identity));
        }
    }

    [Fact]
    public async Task Run_BesideProcessesOfDotnet_TellsEveryExit()
    {
        Task<RecordingListener>[] ours = [.. Enumerable.Range(0, 50).Select(i => _fixture.RunAsync(_fixture.Shell($"exit {i}")))];
        Task<int>[] others = [.. Enumerable.Range(0, 50).Select(RunOtherAsync)];

        Assert.Equal(Enumerable.Range(0, 50), await Task.WhenAll(others).DefaultTimeout());
        foreach ((int i, Task<RecordingListener> run) in ours.Index())
        {
            Assert.Equal((i, null), await (await run.DefaultTimeout()).ExitedTask);
        }

        static async Task<int> RunOtherAsync(int code)
        {
            using var other = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"exit {code}"]);
            await other.WaitForExitAsync();
            return other.ExitCode;
        }
    }

    [Fact]
    public async Task Output_OfAFlood_IsReadInBoundedMemoryAndHoldsUpNobody()
    {
        const long Size = 200_000_000;
        var flood = new RecordingListener { KeepsLines = false };
        _fixture.Runner.Launch(_fixture.Shell($"yes 'all work and no play makes a dull log, says the one who wrote it' | head -c {Size}"), flood);
        long before = GC.GetTotalMemory(forceFullCollection: true);

        for (int i = 0; i < 10; i++)
        {
            _ = await _fixture.RunAsync(_fixture.Spec("true"));
        }

        bool wasStillRunning = !flood.ExitedTask.IsCompleted;
        Assert.Equal((0, null), await flood.ExitedTask.DefaultTimeout());
        Assert.True(wasStillRunning);
        Assert.InRange(flood.PrintedBytes, Size, Size + 1);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 32 * 1024 * 1024);
    }
}
