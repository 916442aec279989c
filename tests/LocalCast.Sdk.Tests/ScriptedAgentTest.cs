using LocalCast.Protocol;
using LocalCast.Testing;
using LocalCast.Transports;

namespace LocalCast.Sdk.Tests;

/// <summary>A test of one node whose agent is played by the test: it sees every frame, and answers only what the test answers.</summary>
public abstract class ScriptedAgentTest : IAsyncLifetime
{
    internal const string Welcome =
        """{"type":"hello_ack","from":"localcast","data":{"protocol":1,"agent":{"id":"a","name":"a","version":"1"},"session":"s1","channel":"00000000000000000000000000000000","limits":{"max_frame_bytes":1048576,"max_queued_bytes":8388608,"max_calls":16384,"max_subscriptions":10000,"max_frames_per_second":0}}}""";

    private readonly MemoryTransport _transport = new();
    private readonly List<LocalNode> _nodes = [];

    protected FakeTimeProvider Time { get; } = new();

    /// <summary>The agent's end of the connection.</summary>
    private protected BinaryParticipant Agent { get; private set; } = null!;

    /// <summary>The hello that opened it.</summary>
    protected Envelope Hello { get; private set; } = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _transport.DisposeAsync().DefaultTimeout();
        foreach (LocalNode node in _nodes)
        {
            await Agent.DisposeAsync();
            await node.DisposeAsync().DefaultTimeout();
        }
    }

    protected Task<LocalNode> JoinAsync(string name, Action<LocalNodeOptions>? configure = null) => LetInAsync(LocalNode.JoinAsync(name, options =>
    {
        Configure(options);
        configure?.Invoke(options);
    }));

    /// <summary>Joins by the name of the environment.</summary>
    protected Task<LocalNode> JoinAsync() => LetInAsync(LocalNode.JoinAsync(Configure));

    private async Task<LocalNode> LetInAsync(Task<LocalNode> joining)
    {
        await AcceptAsync();
        _nodes.Add(await joining.DefaultTimeout());
        return _nodes[^1];
    }

    private void Configure(LocalNodeOptions options)
    {
        options.Connector = _transport;
        options.TimeProvider = Time;
        options.DrainTimeout = TimeSpan.Zero;
    }

    /// <summary>Lets the next connection in.</summary>
    private async Task AcceptAsync()
    {
        IByteConnection? connection = await _transport.AcceptAsync(default).DefaultTimeout();
        Agent = new BinaryParticipant(connection!);
        Hello = await Agent.ExpectAsync(MessageType.Hello);
        await Agent.SendAsync(Welcome);
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
