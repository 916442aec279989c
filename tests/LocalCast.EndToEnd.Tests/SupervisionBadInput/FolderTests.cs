using System.Diagnostics;
using System.Globalization;
using LocalCast.Agent.Nodes;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests.SupervisionBadInput;

/// <summary>Folders that go away, cannot be written, are full, or are far too many.</summary>
public sealed class FolderTests : BadInputTest
{
    [Fact]
    public async Task PluginFolder_DeletedWhileItRuns_RunsOnUntilItFails()
    {
        AddScript("homeless", "echo up; exec sleep 1000");
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        NodeRow before = await nodes.UntilAsync("homeless", "Ready");
        Directory.Delete(FolderOf("homeless"), recursive: true);
        NodeRow row = await nodes.UntilAsync("homeless", now => now.Notes!.Contains("its plugin folder is gone"), "its folder is gone");
        Assert.Equal((before.Pid, "Ready"), (row.Pid, row.State));
        Assert.Contains("its plugin folder is gone", await nodes.WhyAsync("homeless"));

        using (var process = Process.GetProcessById(before.Pid!.Value))
        {
            process.Kill();
        }

        await AssertIsAsync(nodes, "homeless", "Failed", "its plugin folder is gone");
        Assert.Null((await nodes.UntilAsync("homeless", "Failed")).Pid);
        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task PluginDirectory_CannotBeRead_IsToldAndTheRestRuns()
    {
        string loop = Path.Combine(Folder, "loop");
        File.CreateSymbolicLink(loop, loop);
        string file = Path.Combine(Folder, "file");
        await File.WriteAllTextAsync(file, "x");
        (CommandProcess agent, NodeWatch nodes) = await BootAsync("--plugins", loop, "--plugins", file);
        await using NodeWatch _ = nodes;
        foreach (string directory in new[] { loop, file })
        {
            await agent.WaitForErrorAsync(directory + ": the plugin directory cannot be read");
        }

        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task DataFolder_CannotBeWritten_NodesSaySo()
    {
        AddHealthy();
        await File.WriteAllTextAsync(Data, "a file where a folder should be");
        CommandProcess agent = await StartAgentAsync("--plugins", Plugins, "--data", Data);
        await using NodeWatch nodes = await NodeWatch.JoinAsync(Pipe);
        NodeRow row = await nodes.UntilAsync("healthy", now => now.State is "Backoff" or "CrashLoop", "it cannot be started");
        Assert.Contains(Data, row.Reason);
        Assert.Contains(Data, await nodes.WhyAsync("healthy"));
        File.Delete(Data);
        await nodes.UntilAsync("healthy", "Ready"); // it was tried again and again
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Disk_IsFull_NodesRunOnAndLogsSaySo()
    {
        AddScript("talks", "echo up; while :; do echo words, words, words; sleep 0.01; done");
        string log = Full("logs", "talks.log");
        Directory.CreateDirectory(Path.Combine(Data, "instances.json.new", "occupied")); // in the way of what is written there
        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        await nodes.UntilAsync("talks", "Ready");
        await nodes.UntilLogAsync("talks", "words, words, words"); // what is in memory can be had all the same
        await agent.WaitForErrorAsync("talks: what it prints cannot be written to its files");
        await agent.WaitForErrorAsync("instances.json cannot be written");
        Assert.Contains("logs: disk full", (await RunAsync("logs", "talks", "--lines", "1")).Errors);
        await AssertHealthyAsync(nodes);
        File.Delete(log); // there is room again
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!File.Exists(log) || !(await ReadAsync(log)).Contains("lines are missing here: the disk was full or too slow", StringComparison.Ordinal))
        {
            Assert.False(tooLong.IsCancellationRequested, "the gap is not told in the file");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        await AssertHealthyAsync(nodes);
        await AssertStopsAsync(agent);
    }

    [Fact]
    public async Task Plugins_Thousand_BootAnswerAndStop()
    {
        const int Count = 1000;
        for (int i = 0; i < Count; i++)
        {
            AddScript($"n{i}", "echo up; exec sleep 1000");
        }

        (CommandProcess agent, NodeWatch nodes) = await BootAsync();
        await using NodeWatch _ = nodes;
        int ready;
        using var tooLong = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        do
        {
            ready = (await nodes.RowsAsync()).Count(row => row.State == "Ready" && row.Supervised);
            Assert.False(tooLong.IsCancellationRequested, $"only {ready} came up");
        }
        while (ready < Count + 1);

        Assert.True(ResidentBytes(agent.Pid) < 500L * 1024 * 1024, $"the agent takes {ResidentBytes(agent.Pid) / 1024 / 1024} MiB");
        Assert.Equal(Count, (await RunAsync("ps", "--json")).Json().EnumerateArray().Count(row => row.GetProperty("name").GetString()!.StartsWith('n') && row.GetProperty("pid").ValueKind == System.Text.Json.JsonValueKind.Number));
        await AssertHealthyAsync(nodes);
        int[] pids = [.. (await nodes.RowsAsync()).Where(row => row.Supervised).Select(row => row.Pid!.Value)];
        await AssertStopsAsync(agent);
        Assert.DoesNotContain(pids, pid => Directory.Exists("/proc/" + pid.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Makes a file in the data folder one that the kernel has no room for (ENOSPC), without filling any disk.</summary>
    private string Full(string folder, string file)
    {
        string path = Path.Combine(Directory.CreateDirectory(Path.Combine(Data, folder)).FullName, file);
        File.CreateSymbolicLink(path, "/dev/full");
        return path;
    }

    private static async Task<string> ReadAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().DefaultTimeout();
    }
}
