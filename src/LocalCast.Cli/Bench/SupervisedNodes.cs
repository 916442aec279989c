using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LocalCast.Agent.Nodes;
using LocalCast.Cli.Commands;

namespace LocalCast.Cli.Bench;

/// <summary>An agent of its own with do-nothing nodes in layers.</summary>
internal sealed class SupervisedNodes : IAsyncDisposable
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _settling = TimeSpan.FromSeconds(20); // what happens twice a second has happened 30 times after 15, and is compiled anew then

    private readonly string _folder;
    private readonly Process _agent;
    private readonly LocalNode _client;

    private SupervisedNodes(string folder, Process agent, LocalNode client, TimeSpan bootTime, TimeSpan upTime) =>
        (_folder, _agent, _client, BootTime, UpTime) = (folder, agent, client, bootTime, upTime);

    /// <summary>From the moment the nodes were to start until the last was ready.</summary>
    public TimeSpan BootTime { get; }

    /// <summary>From the start of the agent's process until it said that the last node was ready.</summary>
    public TimeSpan UpTime { get; }

    public static async Task<SupervisedNodes> BootAsync(int layers, int width, CancellationToken stop)
    {
        string folder = Directory.CreateTempSubdirectory("localcast-bench-").FullName;
        for (int layer = 0; layer < layers; layer++)
        {
            for (int place = 0; place < width; place++)
            {
                WriteManifest(folder, layer, place, width);
            }
        }

        string pipe = Path.Combine(folder, "pipe");
        var lastLayer = new LastLayer(Enumerable.Range(0, width).Select(place => NameOf(layers - 1, place)));
        long start = Stopwatch.GetTimestamp();
        Process agent = StartAgent(folder, pipe, lastLayer);
        try
        {
            // Its lines are awaited, and nothing is asked of it: an asker that joins meanwhile wants the same cores for code that both have to compile first.
            await lastLayer.IsReady.WaitAsync(_limit, TimeProvider.System, stop);
            TimeSpan upTime = Stopwatch.GetElapsedTime(start);
            LocalNode client = await LocalNode.JoinAsync("bench", options => (options.Pipe, options.IsClient) = (pipe, true), stop);
            JsonElement boot = await client.AskAsync("boot", [], timeout: null, stop);
            return new SupervisedNodes(folder, agent, client, TimeSpan.FromMilliseconds(boot.GetProperty("total_ms").GetDouble()), upTime);
        }
        catch
        {
            await EndAsync(agent, folder);
            throw;
        }
    }

    /// <summary>The agent's CPU while nothing happens, in percent of a core.</summary>
    public async Task<double> MeasureRestAsync(TimeSpan time, CancellationToken stop)
    {
        await Task.Delay(_settling, TimeProvider.System, stop); // the compiler and the collector settle
        _agent.Refresh();
        TimeSpan before = _agent.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        await Task.Delay(time, TimeProvider.System, stop);
        _agent.Refresh();
        return (_agent.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(start) * 100;
    }

    /// <summary>From the kill of a node until everybody is told that it ended.</summary>
    public async Task<TimeSpan> MeasureCrashAsync(CancellationToken stop)
    {
        NodeRow victim = (await _client.ListRowsAsync(stop)).Last(row => row.Supervised);
        await using NodeSubscription<JsonElement> states = await _client.OpenSubscriptionAsync<JsonElement>(HubBus.StatesTopic, stop);
        using var process = Process.GetProcessById(victim.Pid!.Value);
        long start = Stopwatch.GetTimestamp();
        process.Kill();
        await foreach (TopicMessage<JsonElement> message in states.ReadAllAsync(stop))
        {
            if (message.Data.GetProperty("node").GetString() == victim.Name)
            {
                break;
            }
        }

        return Stopwatch.GetElapsedTime(start);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await EndAsync(_agent, _folder);
    }

    private static void WriteManifest(string folder, int layer, int place, int width)
    {
        string name = NameOf(layer, place);
        string own = Directory.CreateDirectory(Path.Combine(folder, "plugins", name)).FullName;
        var manifest = new JsonObject
        {
            ["name"] = name,
            ["run"] = new JsonObject { ["exec"] = DoNothing.Exec, ["args"] = new JsonArray([.. DoNothing.Arguments.Select(argument => JsonValue.Create(argument))]) },
            ["readiness"] = new JsonObject { ["kind"] = "log", ["pattern"] = $"^{DoNothing.ReadyLine}$" },
            ["requires"] = new JsonArray([.. Enumerable.Range(0, layer == 0 ? 0 : width).Select(other => JsonValue.Create(NameOf(layer - 1, other)))]),
        };
        File.WriteAllText(Path.Combine(own, "node.json"), manifest.ToJsonString());
    }

    private static string NameOf(int layer, int place) => string.Create(CultureInfo.InvariantCulture, $"node-{layer:00}-{place:00}");

    private static Process StartAgent(string folder, string pipe, LastLayer lastLayer)
    {
        string program = Environment.ProcessPath ?? throw new InvalidOperationException("the path of this program is unknown");
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(System.Reflection.Assembly.GetEntryAssembly()!.Location);
        }

        foreach (string argument in (string[])["up", "--pipe", pipe, "--plugins", Path.Combine(folder, "plugins"), "--data", Path.Combine(folder, "data")])
        {
            start.ArgumentList.Add(argument);
        }

#pragma warning disable RS0030 // the command starting itself
        Process agent = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
#pragma warning restore RS0030
        agent.OutputDataReceived += (_, line) => lastLayer.Hear(line.Data);
        agent.ErrorDataReceived += (_, _) => { }; // read, so that it never waits for us
        agent.BeginOutputReadLine();
        agent.BeginErrorReadLine();
        return agent;
    }

    private static async Task EndAsync(Process agent, string folder)
    {
        agent.Kill(); // its guard sees to its nodes
        await agent.WaitForExitAsync(CancellationToken.None);
        agent.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Hears from the agent's own lines when the nodes are up that came last. Lines come one after the other.</summary>
    private sealed class LastLayer(IEnumerable<string> names)
    {
        private readonly HashSet<string> _missing = [.. names];
        private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsReady => _ready.Task;

        public void Hear(string? line)
        {
            if (line is null)
            {
                _ready.TrySetException(new InvalidOperationException("the agent ended"));
            }
            else if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, "Ready", ..] && _missing.Remove(name) && _missing.Count == 0)
            {
                _ready.TrySetResult();
            }
        }
    }
}
