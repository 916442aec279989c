namespace LocalCast.EndToEnd.Tests;

/// <summary>New instances in the place of old ones.</summary>
public sealed class UpgradeTests : SupervisorTest
{
    private const int Callers = 4;

    [Fact]
    public async Task Upgrade_UnderLoad_LosesNoCallAndDoublesNone()
    {
        object Version(string version) => new { run = Joining("--version", version), reload = new { probationMs = 50 } };
        AddPlugin("a", Version("1"));
        await UpAsync();
        int first = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        using var end = new CancellationTokenSource();
        Task<int>[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(() => LoadAsync(caller, end.Token)))];

        Assert.Equal(0, (await RunAsync("upgrade", "a")).ExitCode);
        NodeLine second = await WaitForAsync("a", line => line.State == "Ready" && line.Pid != first, "another process");
        Assert.Equal(0, second.Restarts);
        await WaitUntilAsync(() => !AgentProcesses.IsAlive(first), "the old instance stays");
        AddPlugin("a", Version("2"));
        await WaitForAsync("a", line => line.State == "Ready" && line.Pid is { } pid && pid != first && pid != second.Pid, "the new version");
        Assert.Equal("2", await CallAsync<string>("a", "version"));
        await WaitUntilAsync(() => !AgentProcesses.IsAlive(second.Pid!.Value), "the old version stays");

        await end.CancelAsync();
        int[] made = await Task.WhenAll(callers); // fails with the first call that failed
        Assert.All(made, count => Assert.True(count > 0));
        string[] recorded = [.. File.ReadLines(Path.Combine(Data, "nodes", "a", "calls.txt")).Order(StringComparer.Ordinal)];
        string[] called = [.. made.SelectMany((count, caller) => Enumerable.Range(0, count).Select(call => $"{caller}/{call}")).Order(StringComparer.Ordinal)];
        Assert.Equal(called, recorded);
    }

    [Fact]
    public async Task Upgrade_ToAVersionThatExitsAtOnce_IsRolledBack()
    {
        AddPlugin("a", new { run = Joining("--version", "1") });
        await UpAsync();
        int pid = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        AddPlugin("a", new { run = Shell("echo does not work >&2; exit 6") });
        await Agent.WaitForErrorAsync("rolled back: exit 6");
        Assert.Equal("1", await CallAsync<string>("a", "version"));
        Assert.Equal(pid, (await LookAsync("a")).Pid);
        (await RunAsync("upgrade", "a")).AssertFailed(17, "rolled back", "exit 6"); // tried again because somebody wants it
        Assert.Equal(pid, (await LookAsync("a")).Pid);
    }

    [Fact]
    public async Task Upgrade_ToAVersionThatFailsSoon_TheOldInstanceServesAgain()
    {
        AddPlugin("a", new { run = Joining("--version", "1") });
        await UpAsync();
        int pid = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        AddPlugin("a", new { run = Joining("--version", "2", "--exit-when", Gate("end")), reload = new { probationMs = 60000 } });
        await WaitForAsync("a", line => line.State == "Ready" && line.Pid != pid, "the new version");
        Assert.Equal("2", await CallAsync<string>("a", "version"));
        Assert.True(AgentProcesses.IsAlive(pid)); // it stands by
        Open("end");
        await WaitForAsync("a", line => line.State == "Ready" && line.Pid == pid, "the old version");
        Assert.Equal("1", await CallAsync<string>("a", "version"));
        Assert.Contains("rolled back", (await RunAsync("why", "a")).Output);
    }

    [Fact]
    public async Task WatchedFile_Changes_ReloadsThatNodeAlone()
    {
        Directory.CreateDirectory(Path.Combine(Plugins, "a"));
        string watched = Path.Combine(Plugins, "a", "settings.txt");
        await File.WriteAllTextAsync(watched, "one");
        AddPlugin("a", new { run = Joining(), watch = new[] { "settings.txt" }, reload = new { probationMs = 10 } });
        AddPlugin("b", new { run = Joining(), requires = new[] { "a" } });
        await UpAsync();
        int b = (await WaitForStateAsync("b", "Ready")).Pid!.Value;
        int a = (await LookAsync("a")).Pid!.Value;
        await File.WriteAllTextAsync(watched, "two");
        NodeLine reloaded = await WaitForAsync("a", line => line.State == "Ready" && line.Pid != a, "another process");
        Assert.Equal(0, reloaded.Restarts);
        Assert.Equal(b, (await LookAsync("b")).Pid);
    }

    [Fact]
    public async Task Plugin_AddedWithAWatchedFile_IsStartedOnce()
    {
        await UpAsync();
        Directory.CreateDirectory(Path.Combine(Plugins, "a"));
        await File.WriteAllTextAsync(Path.Combine(Plugins, "a", "settings.txt"), "one");
        AddPlugin("a", new { run = Joining(), watch = new[] { "settings.txt" } });
        await WaitForStateAsync("a", "Ready");
        AddPlugin("b", new { run = Joining() }); // by the time that this one was noticed, the file would have been
        await WaitForStateAsync("b", "Ready");
        Assert.DoesNotContain("successor", (await RunAsync("why", "a")).Output);
    }

    [Fact]
    public async Task Plugin_AddedAndRemovedWhileRunning_IsStartedAndRunsUntilItEnds()
    {
        AddPlugin("a", new { run = Joining() });
        await UpAsync();
        await WaitForStateAsync("a", "Ready");
        AddPlugin("b", new { run = Joining(), requires = new[] { "a" } });
        int b = (await WaitForStateAsync("b", "Ready")).Pid!.Value;
        Directory.Delete(Path.Combine(Plugins, "b"), recursive: true);
        await WaitForAsync("b", line => line.Json.GetProperty("notes").EnumerateArray().Any(note => note.GetString() == "its plugin folder is gone"), "a note");
        Assert.True(AgentProcesses.IsAlive(b));
        Assert.Equal(0, (await RunAsync("stop", "b")).ExitCode);
        Assert.DoesNotContain(await ListAsync(), line => line.Name == "b");
        Assert.Equal("Ready", (await LookAsync("a")).State);
    }

    private async Task<int> LoadAsync(int caller, CancellationToken end)
    {
        await using LocalNode node = await LocalNode.JoinAsync($"caller-{caller}", options => (options.Pipe, options.IsClient) = (Pipe, true), CancellationToken.None);
        int count = 0;
        while (!end.IsCancellationRequested)
        {
            string text = $"{caller}/{count}";
            Assert.Equal(text, await node.CallAsync<string>("a", "record", [text], cancellationToken: CancellationToken.None));
            count++;
        }

        return count;
    }
}
