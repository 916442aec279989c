using System.Diagnostics;
using System.Text.Json;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Real agents in processes of their own, linked over WebSockets on this machine, and clients that ask them.</summary>
public abstract class MeshTest : CommandTest
{
    private readonly Dictionary<string, MeshAgent> _agents = [];
    private readonly List<LocalNode> _nodes = [];

    public override async Task DisposeAsync()
    {
        foreach (LocalNode node in _nodes)
        {
            await node.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private protected string PipeOf(string agent) => Path.Combine(Folder, agent);

    private protected MeshAgent AgentOf(string id) => _agents[id];

    /// <summary>Starts an agent that dials others by their ids; one that was started before keeps its port.</summary>
    private protected async Task<MeshAgent> UpAsync(string id, params string[] peers)
    {
        string port = _agents.TryGetValue(id, out MeshAgent? before) ? new Uri(before.Url).Port.ToString(System.Globalization.CultureInfo.InvariantCulture) : "0";
        IEnumerable<string> dialled = peers.SelectMany(peer => (string[])["--add-peer", _agents[peer].Url]);
        CommandProcess process = StartRaw(
            new Dictionary<string, string>(),
            ["up", "--no-plugins", "--pipe", PipeOf(id), "--data", Path.Combine(Folder, id + ".data"), "--node-id", id, "--port", port, "--mesh-security", "none", .. dialled]);
        await process.WaitForOutputAsync("  stop   ");
        var agent = new MeshAgent(id, process, peers);
        _agents[id] = agent;
        return agent;
    }

    /// <summary>Starts an agent again as it was.</summary>
    private protected Task<MeshAgent> UpAgainAsync(string id) => UpAsync(id, [.. _agents[id].Peers]);

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

    /// <summary>A node that says at which agent it is.</summary>
    private protected Task<LocalNode> JoinEchoAsync(string agent, string name) =>
        JoinAsync(agent, name, options => options.Handle("where", () => agent));

    /// <summary>Waits until agents know these agents and no others.</summary>
    private protected async Task WaitForMeshAsync(params string[] agents)
    {
        foreach (string agent in agents)
        {
            LocalNode client = await JoinAsync(agent, "look-" + Guid.NewGuid().ToString("n")[..6], options => options.IsClient = true);
            foreach (string other in agents.Where(other => other != agent))
            {
                await WaitUntilAsync(async () => (await TryRouteAsync(client, $"x@{other}")) is { } route && route.GetProperty("hops").GetArrayLength() > 0, $"{agent} finds no way to {other}");
            }
        }
    }

    private protected static async Task<JsonElement?> TryRouteAsync(LocalNode client, string name)
    {
        JsonElement route = await client.CallAsync<JsonElement>("localcast", "route", [name]).AsTask().DefaultTimeout();
        return route.GetProperty("target").ValueKind == JsonValueKind.Null ? null : route;
    }

    private protected async Task WaitUntilAsync(Func<Task<bool>> isSo, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(30), $"{what}; {string.Join('\n', _agents.Values.Select(agent => $"{agent.Id}: {agent.Process.Errors}"))}");
            await Task.Delay(20);
        }
    }
}
