using LocalCast.Agent.Plugins;
using LocalCast.Protocol;
using LocalCast.Testing;
using LocalCast.Transports;

namespace LocalCast.Agent.Tests;

/// <summary>The end of a plugin by the agent's request, frame by frame, with time moved by hand.</summary>
public sealed class PluginLifeTests
{
    private const string Welcome =
        """{"type":"hello_ack","from":"localcast","data":{"protocol":1,"agent":{"id":"a","name":"a","version":"1"},"session":"s1","channel":"00000000000000000000000000000000","limits":{"max_frame_bytes":1048576,"max_queued_bytes":8388608,"max_calls":16384,"max_subscriptions":10000,"max_frames_per_second":0}}}""";

    private const string Shutdown = """{"type":"shutdown","id":"s1","from":"localcast","deadline_ms":2000,"data":{"reason":"an update"}}""";

    private readonly MemoryTransport _transport = new();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Shutdown_StopsThePluginAndSaysGoodbye()
    {
        var plugin = new ScriptedPlugin();
        (Task<string?> life, BinaryParticipant agent) = await StartAsync(plugin);

        await agent.SendAsync(Shutdown);

        Assert.Null((await agent.ExpectAsync(MessageType.Ack)).Error);
        await plugin.Stopping.Task.DefaultTimeout();
        Assert.False(life.IsCompleted);
        plugin.MayStop.SetResult();
        await agent.ExpectAsync(MessageType.Goodbye);
        await agent.DisposeAsync();
        Assert.Null(await life.DefaultTimeout());
    }

    [Fact]
    public async Task Shutdown_PluginHangs_IsGivenUpAtTheDeadline()
    {
        var plugin = new ScriptedPlugin();
        (Task<string?> life, BinaryParticipant agent) = await StartAsync(plugin);
        await agent.SendAsync(Shutdown);
        await plugin.Stopping.Task.DefaultTimeout();
        _time.Advance(TimeSpan.FromMilliseconds(1900));
        Assert.False(plugin.IsTimeOver.Task.IsCompleted);

        await AdvanceUntilAsync(plugin.IsTimeOver.Task);
        Task goodbye = ExpectGoodbyeAsync(agent);
        await AdvanceUntilAsync(life);

        Assert.Equal("StopAsync did not end in time; it was given up", await life);
        await goodbye;
    }

    [Fact]
    public async Task Shutdown_PluginExtends_HasTheMoreTime()
    {
        var plugin = new ScriptedPlugin();
        (Task<string?> life, BinaryParticipant agent) = await StartAsync(plugin);
        Task<StopRequest> asked = plugin.Node!.WhenAskedToStopAsync();
        await agent.SendAsync(Shutdown);
        await (await asked.DefaultTimeout()).ExtendAsync(TimeSpan.FromSeconds(60));
        await plugin.Stopping.Task.DefaultTimeout();

        _time.Advance(TimeSpan.FromSeconds(30));
        await agent.ExpectAsync(MessageType.Ack);
        await agent.ExpectAsync(MessageType.Extend);
        Assert.False(plugin.IsTimeOver.Task.IsCompleted);
        plugin.MayStop.SetResult();
        await ExpectGoodbyeAsync(agent);
        Assert.Null(await life.DefaultTimeout());
    }

    private async Task<(Task<string?> Life, BinaryParticipant Agent)> StartAsync(ScriptedPlugin plugin)
    {
        var context = new NodePluginContext
        {
            Name = "plugin",
            DataFolder = "/data",
            PluginFolder = "/plugin",
            Node = new LocalNodeOptions { Connector = _transport, TimeProvider = _time },
            Log = _ => { },
        };
        Task<string?> life = new PluginLife(plugin, context).RunAsync(default);
        var agent = new BinaryParticipant((await _transport.AcceptAsync(default).DefaultTimeout())!);
        Envelope hello = await agent.ExpectAsync(MessageType.Hello);
        Assert.False(hello.Field("ready").GetBoolean());
        await agent.SendAsync(Welcome);
        Envelope ready = await agent.ExpectAsync(MessageType.Other);
        Assert.True(plugin.Node is not null); // it has been started by then
        await agent.SendAsync($$"""{"type":"ack","reply_to":"{{ready.Id}}"}""");
        return (life, agent);
    }

    private static async Task ExpectGoodbyeAsync(BinaryParticipant agent)
    {
        Envelope received;
        do
        {
            received = await agent.ReceiveAsync();
        }
        while (received.Type != MessageType.Goodbye);

        await agent.DisposeAsync();
    }

    private async Task AdvanceUntilAsync(Task happened)
    {
        for (int steps = 0; steps < 10_000 && !happened.IsCompleted; steps++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(25));
            await Task.WhenAny(happened, Task.Delay(1));
        }

        await happened.DefaultTimeout();
    }

    private sealed class ScriptedPlugin : INodePlugin
    {
        public LocalNode? Node { get; private set; }

        public TaskCompletionSource Stopping { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayStop { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource IsTimeOver { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask ConfigureAsync(NodePluginContext context, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask StartAsync(LocalNode node, CancellationToken cancellationToken)
        {
            Assert.Null(Node);
            Node = node;
            return ValueTask.CompletedTask;
        }

        public async ValueTask StopAsync(CancellationToken cancellationToken)
        {
            Stopping.SetResult();
            await using CancellationTokenRegistration registration = cancellationToken.Register(IsTimeOver.SetResult);
            await MayStop.Task;
        }
    }
}
