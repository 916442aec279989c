using System.Diagnostics;
using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>An agent with plugins of the test's own, and a client that asks it.</summary>
public abstract class SupervisorTest : CommandTest
{
    private static readonly Lazy<string> _python = new(FindPython);
    private static readonly string _nodes = Path.Combine(AppContext.BaseDirectory, "Supervision", "Nodes");
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    private LocalNode? _client;
    private CommandProcess? _agent;

    private protected string Plugins => Path.Combine(Folder, "plugins");

    private protected string Data => Path.Combine(Folder, "data");

    /// <summary>The agent that was started last.</summary>
    private protected CommandProcess Agent => _agent ?? throw new InvalidOperationException("no agent was started");

    public override async Task DisposeAsync()
    {
        await LeaveAsync();
        _agent?.Dispose();
        foreach (int pid in AgentProcesses.NodesOf(Pipe))
        {
            AgentProcesses.SendKill(pid); // what was to survive its agent
        }

        await base.DisposeAsync();
    }

    /// <summary>A path in the test's folder, that a node may wait for.</summary>
    private protected string Gate(string name) => Path.Combine(Folder, name);

    /// <summary>Makes that file.</summary>
    private protected void Open(string gate) => File.WriteAllText(Gate(gate), "");

    /// <summary>Writes a plugin; what the manifest lacks is its name.</summary>
    private protected void AddPlugin(string name, object manifest)
    {
        string folder = Path.Combine(Plugins, name);
        Directory.CreateDirectory(folder);
        Dictionary<string, JsonElement> keys = JsonSerializer.SerializeToElement(manifest).EnumerateObject().ToDictionary(key => key.Name, key => key.Value);
        keys["name"] = JsonSerializer.SerializeToElement(name);

        // In one step: an agent that watches must not read half of it.
        string draft = Path.Combine(Folder, name + ".draft");
        File.WriteAllText(draft, JsonSerializer.Serialize(keys, _indented));
        File.Move(draft, Path.Combine(folder, "node.json"), overwrite: true);
    }

    /// <summary>To be run: a node that joins, with the switches of node.py.</summary>
    private protected static object Joining(params string[] switches) =>
        new { exec = _python.Value, args = (string[])["-S", "-E", Path.Combine(_nodes, "node.py"), .. switches] };

    /// <summary>To be run: a shell script.</summary>
    private protected static object Shell(string script) => new { exec = "/bin/sh", args = new[] { "-c", script } };

    /// <summary>Starts the agent with the test's plugins.</summary>
    private protected Task<CommandProcess> UpAsync(params string[] arguments) => UpAsync(new Dictionary<string, string>(), arguments);

    /// <summary>Starts the agent with the test's plugins, in an environment.</summary>
    private protected async Task<CommandProcess> UpAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        await LeaveAsync(); // the agent before this one
        Directory.CreateDirectory(Plugins);
        var all = new Dictionary<string, string>(environment) { ["LOCALCAST_PIPE"] = Pipe };
        string[] sources = arguments.Contains("--plugins") || arguments.Contains("--no-plugins") ? [] : ["--plugins", Plugins];
        _agent = StartRaw(all, ["up", .. sources, "--data", Data, .. arguments]);
        await _agent.WaitForOutputAsync("  stop   ");
        return _agent;
    }

    /// <summary>The line that the agent prints when a node comes to a state.</summary>
    private protected static string Line(string node, string state) => $"  {node,-16} {state}";

    /// <summary>A client that stays as long as the agent.</summary>
    private protected async Task<LocalNode> ClientAsync() => _client ??= await LocalNode.JoinAsync(
        "test",
        options =>
        {
            options.Pipe = Pipe;
            options.IsClient = true;
            options.WaitForAgent = TimeSpan.FromSeconds(20);
        }).DefaultTimeout();

    private protected async Task<T> CallAsync<T>(string node, string method, params object?[] arguments)
    {
        LocalNode client = await ClientAsync();
        return await client.CallAsync<T>(node, method, arguments).AsTask().DefaultTimeout();
    }

    /// <summary>A call that must fail.</summary>
    private protected async Task<LocalCastException> CallFailsAsync(string node, string method, TimeSpan? timeout = null, params object?[] arguments)
    {
        LocalNode client = await ClientAsync();
        return await Assert.ThrowsAsync<LocalCastException>(async () => await client.CallAsync<JsonElement>(node, method, arguments, timeout).AsTask().DefaultTimeout());
    }

    /// <summary>The node's line of <c>ps</c>.</summary>
    private protected async Task<NodeLine> LookAsync(string node) =>
        (await ListAsync()).Single(line => line.Name == node);

    private protected async Task<NodeLine[]> ListAsync() =>
        [.. (await CallAsync<JsonElement>("localcast", "ps")).EnumerateArray().Select(line => new NodeLine(line))];

    /// <summary>Waits until a node is in a state.</summary>
    private protected Task<NodeLine> WaitForStateAsync(string node, string state) => WaitForAsync(node, line => line.State == state, state);

    /// <summary>Waits until a node's line of <c>ps</c> is as wanted.</summary>
    private protected async Task<NodeLine> WaitForAsync(string node, Func<NodeLine, bool> isWanted, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            NodeLine? line = (await ListAsync()).SingleOrDefault(line => line.Name == node);
            if (line is not null && isWanted(line))
            {
                return line;
            }

            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), $"{node} does not come to {what}; {line?.Json} stdout: {Agent.Output} stderr: {Agent.Errors}");
            await Task.Delay(20);
        }
    }

    /// <summary>Waits until something that the system knows is so.</summary>
    private protected static async Task WaitUntilAsync(Func<bool> isSo, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), what);
            await Task.Delay(20);
        }
    }

    /// <summary>Ends the agent in order, and looks that nothing of it is left.</summary>
    private protected async Task<CommandResult> DownAsync()
    {
        Agent.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
        CommandResult result = await Agent.WaitForExitAsync();
        Assert.Empty(AgentProcesses.NodesOf(Pipe));
        return result;
    }

    private async Task LeaveAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
            _client = null;
        }
    }

    // The real program: what stands on PATH may be a script that looks for it, which takes longer than the node itself.
    private static string FindPython()
    {
        using var asking = Process.Start(new ProcessStartInfo("python3", ["-c", "import sys; print(sys.executable)"]) { RedirectStandardOutput = true })!;
        string path = asking.StandardOutput.ReadToEnd().Trim();
        asking.WaitForExit();
        return path;
    }
}
