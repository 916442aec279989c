using System.Text;
using System.Text.RegularExpressions;
using LocalCast.Agent;
using LocalCast.Agent.Configuration;
using Microsoft.Extensions.Logging;

namespace LocalCast.EndToEnd.Tests;

public sealed partial class ConfigurationTests : CommandTest
{
    private string ConfigPath => Path.Combine(Folder, "agent.json");

    [Fact]
    public async Task Config_FiveMistakes_AllAreToldWithTheirPaths()
    {
        await File.WriteAllTextAsync(ConfigPath, """
            {
              // comments are allowed, mistakes are not
              "pipes": "x",
              "limits": { "maxFrameBytes": "big", "maxCalls": 0 },
              "times": { "keepAliveAfter": 60 },
              "logging": { "level": "loud" },
            }
            """);
        CommandResult result = await RunAsync("up", "--config", ConfigPath);
        Assert.Equal(11, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Equal(5, result.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("$.pipes: unknown key", result.Errors);
        Assert.Contains("$.limits.maxFrameBytes: expected a whole number from 1024 to 67108864, got \"big\"", result.Errors);
        Assert.Contains("$.limits.maxCalls: expected a whole number from 1 to 65536, got 0", result.Errors);
        Assert.Contains("$.times.keepAliveAfter: expected a time from", result.Errors);
        Assert.Contains("$.logging.level: expected one of", result.Errors);
    }

    [Fact]
    public async Task Config_Good_IsUsedAndGivesWayToTheCommandLine()
    {
        string log = Path.Combine(Folder, "log", "agent.json");
        await File.WriteAllTextAsync(ConfigPath, $$"""
            { "pipe": "{{Pipe}}", "agent": { "name": "gateway" }, "limits": { "maxFrameBytes": 2048 }, "logging": { "file": { "path": "{{log}}" } } }
            """);
        var nothing = new Dictionary<string, string>();
        CommandProcess agent = StartRaw(nothing, "up", "--config", ConfigPath);
        await agent.WaitForOutputAsync("  stop   ");
        Assert.Contains("agent  gateway\n", agent.Output);
        Assert.Contains($"pipe   {Pipe}\n", agent.Output);
        (await RunAsync("call", "localcast", "info", new string('x', 4000))).AssertFailed(21, "2048");
        Assert.Contains("\"@i\":\"AgentStarted\"", await ReadSharedAsync(log));

        string other = Path.Combine(Folder, "other");
        CommandProcess second = StartRaw(nothing, "up", "--config", ConfigPath, "--pipe", other);
        await second.WaitForOutputAsync($"pipe   {other}");

        string third = Path.Combine(Folder, "third");
        CommandProcess fromEnvironment = StartRaw(new Dictionary<string, string> { ["LOCALCAST_PIPE"] = third }, "up", "--config", ConfigPath);
        await fromEnvironment.WaitForOutputAsync($"pipe   {third}");
    }

    [Fact]
    public async Task Config_Unreadable_SaysWhere()
    {
        (await RunAsync("up", "--config", Path.Combine(Folder, "none.json"))).AssertFailed(11, "none.json");
        await File.WriteAllTextAsync(ConfigPath, "{\n  \"pipe\" \"x\"\n}");
        (await RunAsync("up", "--config", ConfigPath)).AssertFailed(11, "line 2, column 10", "not JSON");
        await File.WriteAllTextAsync(ConfigPath, $$"""{ "logging": { "file": { "path": "{{Folder}}" } } }""");
        (await RunAsync("up", "--config", ConfigPath)).AssertFailed(11, "log file");
    }

    [Theory]
    [InlineData("""[]""", "$: expected an object, got []")]
    [InlineData("""{"limits":5}""", "$.limits: expected an object, got 5")]
    [InlineData("""{"pipe":"a/b"}""", "$.pipe: expected a pipe's name without '/', or a rooted path, got \"a/b\"")]
    [InlineData("""{"pipe":null}""", "$.pipe: expected a pipe's name without '/', or a rooted path, got null")]
    [InlineData("""{"pipe":"a","pipe":"b"}""", "$.pipe: is there twice")]
    [InlineData("""{"my key":1}""", "$[\"my key\"]: unknown key; known here: pipe, agent, limits, times, logging, plugins, data, mesh, nodes")]
    [InlineData("""{"logging":{"file":{"size":1}}}""", "$.logging.file.size: unknown key; known here: path, maxBytes, count")]
    [InlineData("""{"limits":{"maxCalls":1.5}}""", "$.limits.maxCalls: expected a whole number from 1 to 65536, got 1.5")]
    [InlineData("""{"limits":{"maxFrameBytes":1048576,"maxQueuedBytes":65536}}""", "$.limits.maxQueuedBytes: a frame of limits.maxFrameBytes (1048576) would not fit into 65536")]
    [InlineData("""{"times":{"tellSlowAfter":"10s"}}""", "$.times.dropSlowAfter: must be longer than times.tellSlowAfter")]
    [InlineData("""{"plugins":{"directories":["a",5]}}""", "$.plugins.directories[1]: expected a folder, got 5")]
    [InlineData("""{"plugins":{"directories":"a"}}""", "$.plugins.directories: expected a list of folders, got \"a\"")]
    [InlineData("""{"mesh":{"peers":["ws://x:1","kitchen"]}}""", "$.mesh.peers[1]: expected a URL such as \"ws://host:46356\", got \"kitchen\": ws:// is missing at its beginning")]
    [InlineData("""{"mesh":{"groups":["a",""]}}""", "$.mesh.groups[1]: expected a name of 1 to 128 characters, got \"\"")]
    [InlineData("""{"mesh":{"publicAddress":"ws://x:1/foo"}}""", "$.mesh.publicAddress: expected a URL such as \"ws://host:46356\", got \"ws://x:1/foo\": an address ends with its port")]
    [InlineData("""{"mesh":{"longestPause":"2h"}}""", "$.mesh.longestPause: expected a time from \"1s\" to \"1h\", got \"2h\"")]
    [InlineData("""{"plugins":{"enabled":"no"}}""", "$.plugins.enabled: expected true or false, got \"no\"")]
    [InlineData("""{"data":""}""", "$.data: expected the path of a folder, got \"\"")]
    [InlineData("""{"nodes":{"dns":false}}""", "$.nodes: expected an object with an object for each node")]
    [InlineData("""{"nodes":{"dns":{},"dns":{}}}""", "$.nodes: expected an object with an object for each node")]
    [InlineData("", "line 1, column 1: this is not JSON")]
    public void Apply_Mistake_IsNamed(string json, string problem) =>
        Assert.StartsWith(problem, Assert.Single(ConfigurationFile.Apply(Encoding.UTF8.GetBytes(json), new AgentOptions())).ToString(), StringComparison.Ordinal);

    [Fact]
    public void Apply_GoodValues_AreSet()
    {
        var options = new AgentOptions();
        Assert.Empty(ConfigurationFile.Apply("\uFEFF{\"times\":{\"hello\":\"250ms\",\"keepAliveAfter\":\"1.5m\"},\"logging\":{\"level\":\"warning\"}}"u8.ToArray(), options));
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.Broadcaster.HelloTimeout);
        Assert.Equal(TimeSpan.FromSeconds(90), options.Broadcaster.KeepAliveAfter);
        Assert.Equal(LogLevel.Warning, options.Logging.Level);
    }

    [Fact]
    public void Apply_SeveralWrongItems_EachIsTold()
    {
        IReadOnlyList<ConfigurationProblem> problems = ConfigurationFile.Apply("""{"mesh":{"peers":["kitchen","ws://x:1",5]}}"""u8.ToArray(), new AgentOptions());

        Assert.Equal(["$.mesh.peers[0]", "$.mesh.peers[2]"], problems.Select(problem => problem.Path));
    }

    [Fact]
    public void Apply_LongestPause_IsSet()
    {
        var options = new AgentOptions();
        Assert.Empty(ConfigurationFile.Apply("""{"mesh":{"longestPause":"5s"}}"""u8.ToArray(), options));
        Assert.Equal(TimeSpan.FromSeconds(5), options.Mesh.Options.LongestPause);
    }

    [Fact]
    public async Task Apply_Plugins_StartInTheFilesFolder()
    {
        await File.WriteAllTextAsync(ConfigPath, """
            { "plugins": { "directories": ["more", "/opt/plugins"], "enabled": false }, "data": "../data", "nodes": { "dns": { "run": { /* why */ "env": { "A": "1", } } } } }
            """);
        var options = new AgentOptions();
        Assert.Empty(ConfigurationFile.Apply(ConfigPath, options));
        Assert.Equal([Path.Combine(Folder, "more"), "/opt/plugins"], options.PluginDirectories);
        Assert.False(options.ArePluginsEnabled);
        Assert.Equal(Path.GetFullPath(Path.Combine(Folder, "..", "data")), options.DataFolder);
        Assert.Equal("""{"run":{"env":{"A":"1"}}}""", options.NodeOverrides["dns"]);
        Assert.Equal(ConfigPath, options.ConfigurationPath);
    }

    [Fact]
    public async Task Documentation_ListsEveryKeyAndNoOther()
    {
        string text = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot(), "docs", "operations.md"));
        IEnumerable<string> documented = KeyRow().Matches(text).Select(match => match.Groups[1].Value);
        Assert.Equal(ConfigurationFile.KeyNames.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    // A row of the configuration reference: | `limits.maxCalls` | …
    [GeneratedRegex(@"^\| `([a-z]+(?:\.[a-zA-Z]+)*)` \|", RegexOptions.Multiline)]
    private static partial Regex KeyRow();

    private static async Task<string> ReadSharedAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync();
    }

    internal static string RepositoryRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "LocalCast.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
