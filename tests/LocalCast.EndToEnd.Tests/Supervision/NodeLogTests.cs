using System.Text.Json;

namespace LocalCast.EndToEnd.Tests;

/// <summary>What nodes print, and what they must not.</summary>
public sealed class NodeLogTests : SupervisorTest
{
    private const string Secret = "hunter2-is-no-password";

    [Fact]
    public async Task Logs_OfANode_HaveBothStreamsAndTimesAndGoOn()
    {
        AddPlugin("a", new { run = Joining() });
        await UpAsync();
        await WaitForStateAsync("a", "Ready");
        await CallAsync<bool>("a", "say", "to stdout");
        await CallAsync<bool>("a", "say", "to stderr", "stderr");
        CommandProcess following = Start("logs", "a", "-f", "--lines", "1");
        await following.WaitForOutputAsync("! to stderr");
        Assert.DoesNotContain("to stdout", following.Output);
        await CallAsync<bool>("a", "say", "later");
        await following.WaitForOutputAsync("  later");

        JsonElement[] lines = [.. (await RunAsync("logs", "a", "--json")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
        Assert.Equal(["stdout", "stdout", "stderr", "stdout"], lines.Select(line => line.GetProperty("stream").GetString()));
        Assert.Equal(["to stdout", "to stderr", "later"], lines.Skip(1).Select(line => line.GetProperty("text").GetString()));
        DateTimeOffset later = lines[3].GetProperty("time").GetDateTimeOffset();
        string since = (await RunAsync("logs", "a", "--since", later.ToString("o"))).Output;
        Assert.Contains("later", since);
        Assert.DoesNotContain("to stderr", since);
        Assert.Equal(4, (await RunAsync("logs", "a", "--since", "1h")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        (await RunAsync("logs", "nobody")).AssertFailed(14, "NodeNotFound", "nobody");
    }

    [Fact]
    public async Task Logs_OfANodeThatPrintsALot_AreBoundedAndOutliveItAndTheAgent()
    {
        // 6 MB in each life, and a file may have 5 MiB. What comes faster than the disk takes it is missing, and said to be; so the node draws breath before its last line.
        AddPlugin("a", new { run = Shell("yes 0123456789012345678901234567890123456789012345678901234567 | head -n 100000; sleep 2; echo end of $$; exec sleep 1000"), readiness = new { kind = "log", pattern = "^end" } });
        await UpAsync();
        int first = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        for (int life = 0; life < 4; life++)
        {
            Assert.Equal(0, (await RunAsync("restart", "a")).ExitCode);
        }

        int last = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        await DownAsync();
        FileInfo[] files = [.. new DirectoryInfo(Path.Combine(Data, "logs")).EnumerateFiles("*", SearchOption.AllDirectories)];
        Assert.InRange(files.Length, 2, 4);
        Assert.InRange(files.Sum(file => file.Length), 1, 21 * 1024 * 1024);

        AddPlugin("a", new { run = Shell("exec sleep 1000"), activation = "manual" });
        await UpAsync();
        string kept = (await RunAsync("logs", "a", "--lines", "100000")).Output;

        Assert.Contains($"end of {last}", kept);
        Assert.DoesNotContain($"end of {first}", kept);
    }

    [Fact]
    public async Task EnvironmentFile_GivesVariables_AndSecretsAreShownNowhere()
    {
        Directory.CreateDirectory(Path.Combine(Plugins, "a"));
        string file = Path.Combine(Plugins, "a", "a.env");
        await File.WriteAllTextAsync(file, $"# of the node\nexport COLOUR='deep red'\nTOKEN={Secret}\n");
        AddPlugin("a", new { run = With(Joining(), new { envFiles = new[] { "a.env", "absent.env?" }, secrets = new[] { "TOKEN" }, env = new { SIZE = 7 } }), reload = new { probationMs = 10 } });
        AddPlugin("bad", new { run = With(Shell("exit 1"), new { envFiles = new[] { "../a/bad.env" }, secrets = new[] { "TOKEN" } }) });
        await File.WriteAllTextAsync(Path.Combine(Plugins, "a", "bad.env"), $"TOKEN=\"{Secret}\n");
        await UpAsync();
        int pid = (await WaitForStateAsync("a", "Ready")).Pid!.Value;
        Assert.Equal(Secret, await CallAsync<string>("a", "environment", "TOKEN"));
        Assert.Equal("deep red", await CallAsync<string>("a", "environment", "COLOUR"));
        Assert.Equal("7", await CallAsync<string>("a", "environment", "SIZE"));
        Assert.Contains("bad.env", (await WaitForStateAsync("bad", "Failed")).Reason);
        await CallAsync<bool>("a", "say", $"my token is {Secret}.");
        CommandProcess logs = Start("logs", "a", "-f");
        await logs.WaitForOutputAsync("my token is ***.");
        await File.WriteAllTextAsync(Path.Combine(Plugins, "a", "bad.env"), $"TOKEN=\"{Secret}\"\n");
        await WaitForStateAsync("bad", "Backoff"); // mended in the file alone; now it is tried

        foreach (string[] command in new string[][] { ["ps"], ["ps", "--json"], ["why", "a", "--json"], ["why", "bad"], ["graph", "--json"], ["boot"] })
        {
            Assert.DoesNotContain(Secret, (await RunAsync(command)).Output);
        }

        await File.WriteAllTextAsync(file, $"TOKEN={Secret}\nCOLOUR=blue\n"); // its change is one of the node
        await WaitForAsync("a", line => line.State == "Ready" && line.Pid != pid, "another process");
        Assert.Equal("blue", await CallAsync<string>("a", "environment", "COLOUR"));
        CommandResult result = await DownAsync();
        Assert.DoesNotContain(Secret, result.Output);
        Assert.DoesNotContain(Secret, result.Errors);
        Assert.All(Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories), kept => Assert.DoesNotContain(Secret, File.ReadAllText(kept)));
    }

    private static Dictionary<string, JsonElement> With(object run, object more) => JsonSerializer.SerializeToElement(run).EnumerateObject()
        .Concat(JsonSerializer.SerializeToElement(more).EnumerateObject()).ToDictionary(key => key.Name, key => key.Value);
}
