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

    private SupervisedNodes(string folder, Process agent, LocalNode client, TimeSpan bootTime) => (_folder, _agent, _client, BootTime) = (folder, agent, client, bootTime);

    /// <summary>From the moment the nodes were to start until the last was ready.</summary>
    public TimeSpan BootTime { get; }

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
        Process agent = StartAgent(folder, pipe);
        try
        {
            LocalNode client = await LocalNode.JoinAsync("bench", options => (options.Pipe, options.IsClient, options.WaitForAgent) = (pipe, true, _limit), stop);
            TimeSpan bootTime = await WaitUntilUpAsync(client, layers * width, stop);
            return new SupervisedNodes(folder, agent, client, bootTime);
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

    private static Process StartAgent(string folder, string pipe)
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
        agent.OutputDataReceived += (_, _) => { }; // read, so that it never waits for us
        agent.ErrorDataReceived += (_, _) => { };
        agent.BeginOutputReadLine();
        agent.BeginErrorReadLine();
        return agent;
    }

    private static async Task<TimeSpan> WaitUntilUpAsync(LocalNode client, int count, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < _limit)
        {
            IReadOnlyList<NodeRow> rows = await client.ListRowsAsync(stop);
            if (rows.Count(row => row is { Supervised: true, State: "Ready" }) == count)
            {
                JsonElement boot = await client.AskAsync("boot", [], timeout: null, stop);
                return TimeSpan.FromMilliseconds(boot.GetProperty("total_ms").GetDouble());
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, stop); // seldom: looking costs the agent time, too
        }

        throw new TimeoutException("the nodes did not come up");
    }

    private static async Task EndAsync(Process agent, string folder)
    {
        agent.Kill(); // its guard sees to its nodes
        await agent.WaitForExitAsync(CancellationToken.None);
        agent.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
