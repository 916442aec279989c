using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Agents in networks of their own, whose lines are cut, mended and slow for real, and that find out soon.</summary>
public abstract class NetworkTest : LoadTest
{
    private protected NetworkTest()
        : this(new NamespaceMesh())
    {
    }

    private NetworkTest(NamespaceMesh net)
        : base(net) => Net = net;

    private protected NamespaceMesh Net { get; }

    /// <summary>Silence counts after a second instead of a minute.</summary>
    private protected override MeshAgentSetup Usual => new() { Options = ["--config", ConfigurationFile] };

    private string ConfigurationFile => Path.Combine(Folder, "agent.json");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await File.WriteAllTextAsync(ConfigurationFile, """{"mesh":{"keepAliveAfter":"1s","keepAliveTimeout":"10s"}}""").DefaultTimeout();
    }

    private protected Task<LocalNode[]> JoinClientsAsync(IEnumerable<string> agents) => Task.WhenAll(agents.Select(agent => JoinClientAsync(agent, "client")));

    private protected Task JoinEchoesAsync(IEnumerable<string> agents) => Task.WhenAll(agents.Select(agent => JoinEchoAsync(agent, EchoOf(agent))));

    private protected static string EchoOf(string agent) => "echo-" + agent;

    /// <summary>Waits until nobody on one side knows a way to anybody on the other.</summary>
    private protected Task WaitForPartitionAsync(string[] here, string[] there) =>
        Task.WhenAll(here.SelectMany(left => there.SelectMany(right => (Task[])[WaitForLossAsync(left, right), WaitForLossAsync(right, left)])));

    /// <summary>Waits until each of these agents knows each of these nodes, and a way to it.</summary>
    private protected Task WaitForNodesAsync(IEnumerable<string> agents, string[] nodes) => Task.WhenAll(agents.Select(async agent =>
    {
        foreach (string node in nodes)
        {
            await WaitUntilAsync(async () => await WayAsync(agent, node) is not null, $"{agent} does not know {node}");
        }
    }));
}
