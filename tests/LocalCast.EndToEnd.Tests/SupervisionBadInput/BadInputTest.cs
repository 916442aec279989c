using System.Globalization;
using System.Text;
using System.Text.Json;
using LocalCast.Agent.Nodes;

namespace LocalCast.EndToEnd.Tests.SupervisionBadInput;

/// <summary>An agent with a healthy node, beside which others are put that are not.</summary>
public abstract class BadInputTest : CommandTest
{
    private const string Healthy = "healthy";

    private int _healthyPid;

    private protected string Plugins => Path.Combine(Folder, "plugins");

    private protected string Data => Path.Combine(Folder, "data");

    private protected static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "localcast");

    private protected string FolderOf(string plugin) => Directory.CreateDirectory(Path.Combine(Plugins, plugin)).FullName;

    private protected string AddManifest(string plugin, string json) => AddManifest(plugin, Encoding.UTF8.GetBytes(json));

    private protected string AddManifest(string plugin, byte[] content)
    {
        string file = Path.Combine(FolderOf(plugin), "node.json");
        File.WriteAllBytes(file, content);
        return file;
    }

    private protected string AddNode(string name, object run, object? readiness = null, object? restart = null, object? stop = null, object? requires = null) =>
        AddManifest(name, JsonSerializer.Serialize(new { name, run, readiness = readiness ?? "pong", restart = restart ?? "on-failure", stop = stop ?? new { }, requires = requires ?? Array.Empty<string>() }));

    /// <summary>A node that is a shell script, ready when it prints "up".</summary>
    private protected string AddScript(string name, string script, int readyWithinMs = 20_000, object? restart = null, object? stop = null) =>
        AddNode(name, new { exec = "sh", args = new[] { "-c", script } }, new { kind = "log", pattern = "^up$", timeoutMs = readyWithinMs }, restart, stop);

    /// <summary>Writes a file that can be run into a plugin's folder.</summary>
    private protected void AddProgram(string plugin, string file, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
    {
        string path = Path.Combine(FolderOf(plugin), file);
        File.WriteAllText(path, content);
        SetMode(path, mode);
    }

    private protected static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private protected void AddHealthy() => AddNode(Healthy, new { exec = Program, args = new[] { "serve-echo", "--name", Healthy } });

    /// <summary>Boots all that was added, and a healthy node.</summary>
    private protected async Task<(CommandProcess Agent, NodeWatch Nodes)> BootAsync(params string[] arguments)
    {
        AddHealthy();
        CommandProcess agent = await StartAgentAsync(["--plugins", Plugins, "--data", Data, .. arguments]);
        NodeWatch nodes = await NodeWatch.JoinAsync(Pipe);
        _healthyPid = (await nodes.UntilAsync(Healthy, "Ready")).Pid!.Value;
        return (agent, nodes);
    }

    /// <summary>Asserts that nothing of all this reached the healthy node: it answers, and is still the process that it was.</summary>
    private protected async Task AssertHealthyAsync(NodeWatch nodes)
    {
        Assert.Equal("FINE", await nodes.CallAsync<string>(Healthy, "upper", "fine"));
        NodeRow row = await nodes.UntilAsync(Healthy, "Ready");
        Assert.Equal((_healthyPid, 0), (row.Pid!.Value, row.Restarts));
    }

    /// <summary>Asserts what <c>ps</c> and <c>why</c> say of a node, once it is there.</summary>
    private protected static async Task<NodeRow> AssertIsAsync(NodeWatch nodes, string node, string state, params string[] reasons)
    {
        NodeRow row = await nodes.UntilAsync(node, state);
        Assert.All(reasons, reason => Assert.Contains(reason, row.Reason));
        string why = await nodes.WhyAsync(node);
        Assert.Contains(node, why);
        Assert.All(reasons, reason => Assert.Contains(reason, why));
        return row;
    }

    /// <summary>Asserts that the agent ends in order when asked.</summary>
    private protected static async Task AssertStopsAsync(CommandProcess agent)
    {
        agent.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        CommandResult result = await agent.WaitForExitAsync();
        Assert.True(result.ExitCode == 0, $"exit code {result.ExitCode}: {result.Errors}");
    }

    /// <summary>A process's resident memory.</summary>
    private protected static long ResidentBytes(int pid) =>
        long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
