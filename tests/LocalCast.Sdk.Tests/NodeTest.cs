using LocalCast.Broadcasting;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

/// <summary>A test of nodes with a real broadcaster between them.</summary>
public abstract class NodeTest(TestPlace place) : IAsyncLifetime
{
    private readonly List<LocalNode> _nodes = [];
    private KillableListener? _listener;

    protected TestPlace Place { get; } = place;

    protected Broadcaster Agent { get; private set; } = null!;

    protected LogCollector Log { get; } = new();

    public virtual Task InitializeAsync() => StartAgentAsync();

    public async Task DisposeAsync()
    {
        foreach (LocalNode node in _nodes)
        {
            await node.DisposeAsync().DefaultTimeout();
        }

        await Agent.DisposeAsync().DefaultTimeout();
        if (File.Exists(Place.Address + ".lock"))
        {
            File.Delete(Place.Address + ".lock");
        }

        Assert.Empty(Log.Defects);
    }

    protected async Task StartAgentAsync(Action<BroadcasterOptions>? configure = null)
    {
        var options = new BroadcasterOptions { AgentName = "test-agent" };
        configure?.Invoke(options);
        Agent = new Broadcaster(options, TimeProvider.System, Log);
        Agent.Listen(_listener = new KillableListener(await Place.ListenAsync().DefaultTimeout()));
    }

    /// <summary>The agent dies as a killed process does.</summary>
    protected async Task KillAgentAsync()
    {
        await _listener!.KillAsync().DefaultTimeout();
        await Agent.DisposeAsync().DefaultTimeout();
    }

    /// <summary>Waits until nodes are in at the agent that is there now.</summary>
    protected Task BackAsync(params LocalNode[] nodes) => UntilAsync(() => nodes.All(node =>
        node.State == NodeState.Ready && Agent.Participants.Any(p => p.Name == node.Name && p.State == "Ready")));

    protected async Task<LocalNode> JoinAsync(string name, Action<LocalNodeOptions>? configure = null)
    {
        LocalNode node = await LocalNode.JoinAsync(name, options =>
        {
            options.Connector = Place;
            options.DrainTimeout = TimeSpan.FromSeconds(1);
            configure?.Invoke(options);
        }).DefaultTimeout();
        _nodes.Add(node);
        return node;
    }

    protected static async Task<LocalCastException> FailsAsync(LocalCastError error, Func<Task> action)
    {
        LocalCastException e = await Assert.ThrowsAsync<LocalCastException>(() => action().DefaultTimeout());
        Assert.True(e.Code == error, $"expected {error}, got {e.Error}");
        return e;
    }

    protected static async Task UntilAsync(Func<bool> condition)
    {
        for (int attempt = 0; attempt < 10_000 && !condition(); attempt++)
        {
            await Task.Delay(1);
        }

        Assert.True(condition());
    }
}
