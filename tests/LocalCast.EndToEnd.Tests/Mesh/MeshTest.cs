using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Real agents in processes of their own, linked over WebSockets on one ground or another, and clients that ask them.</summary>
public abstract class MeshTest : CommandTest
{
    private readonly ConcurrentDictionary<string, MeshAgent> _agents = new();
    private readonly ConcurrentBag<LocalNode> _nodes = [];
    private readonly ConcurrentDictionary<string, Lazy<Task<LocalNode>>> _lookers = new();
    private readonly IGround _ground;

    private protected MeshTest(IGround? ground = null) => _ground = ground ?? new OneHost();

    /// <summary>What agents are started with unless a test says otherwise.</summary>
    private protected virtual MeshAgentSetup Usual { get; } = new();

    public override async Task DisposeAsync()
    {
        try
        {
            await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
            await base.DisposeAsync();
        }
        finally
        {
            await _ground.DisposeAsync(); // who stands on it is gone
        }
    }

    private protected string PipeOf(string agent) => Path.Combine(Folder, agent);

    private protected MeshAgent AgentOf(string id) => _agents[id];

    /// <summary>Starts an agent that dials others by their ids; one that was started before keeps its port.</summary>
    private protected Task<MeshAgent> UpAsync(string id, params string[] peers) => UpAsync(id, Usual, peers);

    /// <inheritdoc cref="UpAsync(string, string[])"/>
    private protected async Task<MeshAgent> UpAsync(string id, MeshAgentSetup setup, params string[] peers)
    {
        string port = _agents.TryGetValue(id, out MeshAgent? before) ? before.Port : "0";
        IEnumerable<string> dialled = peers.SelectMany(peer => (string[])["--add-peer", peer.StartsWith("ws://", StringComparison.Ordinal) ? peer : _agents[peer].Url]);
        Place place = await _ground.PlaceAsync(id, peers);
        CommandProcess process = StartBy(
            place.Launcher,
            new Dictionary<string, string>(),
            [
                "up", .. setup.Plugins is { } plugins ? (string[])["--plugins", plugins] : ["--no-plugins"], "--pipe", PipeOf(id), "--data", Path.Combine(Folder, id + ".data"),
                "--node-id", setup.NodeId ?? id, "--port", port, "--mesh-security", "none", .. place.Options, .. setup.Options, .. dialled,
            ]);
        await process.WaitForOutputAsync("  stop   ");
        var agent = new MeshAgent(id, process, peers, setup);
        _agents[id] = agent;
        return agent;
    }

    /// <summary>Starts an agent again as it was.</summary>
    private protected Task<MeshAgent> UpAgainAsync(string id) => UpAsync(id, _agents[id].Setup, [.. _agents[id].Peers]);

    /// <summary>Ends an agent as a crash would.</summary>
    private protected Task CrashAsync(string id) => _agents[id].Process.CrashAsync();

    /// <summary>A node or a client at an agent.</summary>
    private protected async Task<LocalNode> JoinAsync(string agent, string name, Action<LocalNodeOptions>? configure = null)
    {
        LocalNode node = await LocalNode.JoinAsync(name, options =>
        {
            options.Pipe = PipeOf(agent);
            options.WaitForAgent = TimeSpan.FromSeconds(20);
            configure?.Invoke(options);
        }).DefaultTimeout();
        _nodes.Add(node);
        return node;
    }

    private protected Task<LocalNode> JoinClientAsync(string agent, string name) => JoinAsync(agent, name, options => options.IsClient = true);

    /// <summary>A node that says at which agent it is.</summary>
    private protected Task<LocalNode> JoinEchoAsync(string agent, string name) =>
        JoinAsync(agent, name, options => options.Handle("where", () => agent));

    /// <summary>Runs the command at an agent.</summary>
    private protected Task<CommandResult> RunAtAsync(string agent, params string[] arguments) =>
        StartRaw(new Dictionary<string, string> { ["LOCALCAST_PIPE"] = PipeOf(agent) }, arguments).WaitForExitAsync();

    /// <summary>Asks an agent about the mesh.</summary>
    private protected async Task<JsonElement> AskAsync(string agent, string operation, params object?[] arguments)
    {
        LocalNode looker = await _lookers.GetOrAdd(agent, id => new Lazy<Task<LocalNode>>(() => JoinClientAsync(id, "looker"))).Value; // one, also when asked by several at once
        return await looker.CallAsync<JsonElement>("localcast", operation, arguments).AsTask().DefaultTimeout();
    }

    /// <summary>The agents on the way to a node, the last its own; <see langword="null"/> when nobody would get a call.</summary>
    private protected async Task<string[]?> WayAsync(string agent, string name)
    {
        JsonElement route = await AskAsync(agent, "route", name);
        return route.GetProperty("target").ValueKind == JsonValueKind.Null ? null : [.. route.GetProperty("hops").EnumerateArray().Select(hop => hop.GetProperty("agent").GetString()!)];
    }

    /// <summary>Waits until calls from an agent would go over exactly these.</summary>
    private protected Task WaitForWayAsync(string agent, string name, params string[] hops) =>
        WaitUntilAsync(async () => await WayAsync(agent, name) is { } way && way.SequenceEqual(hops), $"from {agent} to {name} there is no way over {string.Join(", ", hops)}");

    /// <summary>Waits until an agent knows no way to another one.</summary>
    private protected Task WaitForLossAsync(string agent, string other) =>
        WaitUntilAsync(async () => await WayAsync(agent, $"@{other}") is null, $"{agent} still knows a way to {other}");

    /// <summary>Waits until each of these agents knows a way to each other one.</summary>
    private protected async Task WaitForMeshAsync(params string[] agents)
    {
        foreach (string agent in agents)
        {
            foreach (string other in agents.Where(other => other != agent))
            {
                await WaitUntilAsync(async () => await WayAsync(agent, $"@{other}") is not null, $"{agent} finds no way to {other}");
            }
        }
    }

    /// <summary>How agent and address stand: the state of each row of <c>peers</c> by agent, or by address where none answered.</summary>
    private protected async Task<Dictionary<string, string>> PeersAsync(string agent) => (await AskAsync(agent, "peers")).EnumerateArray()
        .GroupBy(row => row.GetProperty("id").GetString() ?? row.GetProperty("address").GetString()!)
        .ToDictionary(rows => rows.Key, rows => rows.First().GetProperty("state").GetString()!);

    private protected static async Task<LocalCastError> FailsAsync(LocalNode client, string node, string method, TimeSpan? timeout = null) =>
        (await Assert.ThrowsAsync<LocalCastException>(async () => await client.CallAsync<JsonElement>(node, method, timeout: timeout).AsTask().DefaultTimeout())).Code;

    /// <summary>What a call may end with that passes an agent or a line that is lost, or that is made before all know of it or of its return.</summary>
    private protected static LocalCastError[] CutErrors { get; } = [LocalCastError.Disconnected, LocalCastError.NoRoute, LocalCastError.Timeout];

    /// <summary>Which agent's node answers.</summary>
    private protected static Task<string> WhereAsync(LocalNode client, string node) => client.CallAsync<string>(node, "where").AsTask().DefaultTimeout();

    /// <summary>Waits until a publication to one finds a subscriber: agents tell each other within moments.</summary>
    private protected Task WaitForSubscriberAsync(LocalNode publisher, string topic) => WaitUntilAsync(
        async () =>
        {
            try
            {
                await publisher.PublishAsync(topic, "probe", PublishMode.One).DefaultTimeout();
                return true;
            }
            catch (LocalCastException e) when (e.Code == LocalCastError.NoSubscriber)
            {
                return false;
            }
        },
        $"nobody subscribes to {topic}");

    /// <summary>Waits until a line of an agent's log has all these words.</summary>
    private protected Task WaitForLogAsync(string agent, params string[] words) => WaitUntilAsync(
        () => Task.FromResult(AgentOf(agent).Process.Errors.Split('\n').Any(line => words.All(word => line.Contains(word, StringComparison.Ordinal)))),
        $"'{agent}' does not log {string.Join(", ", words)}");

    private protected async Task WaitUntilAsync(Func<Task<bool>> isSo, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), $"{what}\n{Logs()}");
            await Task.Delay(20);
        }
    }

    private protected string Logs() => string.Join('\n', _agents.Values.Select(agent => $"{agent.Id}: {agent.Process.Errors}"));
}
