using LocalCast.Hosting;
using LocalCast.Protocol;
using LocalCast.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LocalCast.Sdk.Tests;

public sealed class HostingTests() : NodeTest(new TestPlace.Memory())
{

    [Fact]
    public async Task Host_StartsAndStops_JoinsWithItsHandlersAndLeaves()
    {
        ServiceProvider services = Build(s =>
        {
            s.AddSingleton(new Greeting("hello"));
            s.AddLocalNode("dht", o => o.Connector = Place).AddHandlers<Greeter>().AddHandlers<Counter>();
        });
        LocalNodeAccessor accessor = services.GetRequiredService<LocalNodeAccessor>();
        Assert.Throws<InvalidOperationException>(() => accessor.Node);
        Task<LocalNode> waiting = accessor.GetAsync();

        await StartAsync(services);

        LocalNode node = await waiting.DefaultTimeout();
        Assert.Same(node, accessor.Node);
        Assert.Equal(["count", "greet"], Assert.Single(Agent.Participants).Methods!); // there before it joined
        LocalNode caller = await JoinAsync("caller");
        Assert.Equal("hello you", await caller.CallAsync<string>("dht", "greet", ["you"]).DefaultTimeout());
        Assert.Equal(1, await caller.CallAsync<int>("dht", "count").DefaultTimeout());
        Assert.Equal(2, await caller.CallAsync<int>("dht", "count").DefaultTimeout());

        await StopAsync(services);

        Assert.Equal(NodeState.Left, node.State);
        await UntilAsync(() => Agent.Participants.Count == 1);
    }

    [Fact]
    public async Task Host_TwoNodes_AreReachedByTheirNames()
    {
        ServiceProvider services = Build(s =>
        {
            s.AddLocalNode("first", o => o.Connector = Place);
            s.AddLocalNode("second", (o, provider) => o.Connector = provider.GetRequiredService<HostingTests>().Place);
            s.AddSingleton(this);
        });
        await StartAsync(services);

        Assert.Equal("first", services.GetRequiredService<LocalNodeAccessor>().Node.Name);
        Assert.Equal("first", services.GetRequiredKeyedService<LocalNodeAccessor>("first").Node.Name);
        Assert.Equal("second", services.GetRequiredKeyedService<LocalNodeAccessor>("second").Node.Name);
        await StopAsync(services);
    }

    [Fact]
    public async Task Host_NoAgent_DoesNotStartAndSaysWhy()
    {
        await KillAgentAsync();
        ServiceProvider services = Build(s => s.AddLocalNode("dht", o => o.Connector = Place));

        await FailsAsync(LocalCastError.Disconnected, () => StartAsync(services));

        await FailsAsync(LocalCastError.Disconnected, () => services.GetRequiredService<LocalNodeAccessor>().GetAsync());
        await StopAsync(services);
    }

    [Fact]
    public async Task Host_WaitsForTheAgent_JoinsWhenItComes()
    {
        await KillAgentAsync();
        ServiceProvider services = Build(s => s.AddLocalNode("dht", o =>
        {
            o.Connector = Place;
            o.WaitForAgent = TimeSpan.FromSeconds(20);
        }));
        Task starting = StartAsync(services);

        await StartAgentAsync();

        await starting.DefaultTimeout();
        Assert.Equal(NodeState.Ready, services.GetRequiredService<LocalNodeAccessor>().Node.State);
        services.Dispose(); // without an orderly stop, and synchronously
        await UntilAsync(() => Agent.Participants.Count == 0);
    }

    [Fact]
    public async Task Host_AgentAsksTheNodeToStop_StopsTheApplicationAndLetsTheCallsEnd()
    {
        var transport = new Transports.MemoryTransport();
        var lifetime = new Lifetime();
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        ServiceProvider services = Build(s =>
        {
            s.AddSingleton<IHostApplicationLifetime>(lifetime);
            s.AddLocalNode("dht", o =>
            {
                o.Connector = transport;
                o.Handle("slow", async () =>
                {
                    started.SetResult();
                    await release.Task;
                    return "done";
                });
            });
        });
        Task starting = StartAsync(services);
        var agent = new BinaryParticipant((await transport.AcceptAsync(default).DefaultTimeout())!);
        await agent.ExpectAsync(MessageType.Hello);
        await agent.SendAsync(ScriptedAgentTest.Welcome);
        await starting;
        await agent.SendAsync("""{"type":"call","id":"7","from":"caller","data":{"method":"slow","args":[]}}""");
        await started.Task.DefaultTimeout();

        await agent.SendAsync("""{"type":"shutdown","id":"s1","from":"localcast","deadline_ms":5000,"data":{"reason":"an update"}}""");

        Assert.Null((await agent.ExpectAsync(MessageType.Ack)).Error);
        await lifetime.Stopped.Task.DefaultTimeout();
        Task stopping = StopAsync(services); // as the host does now
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        Assert.Equal("\"done\"", (await agent.ExpectAsync(MessageType.Result)).PayloadText());
        await agent.ExpectAsync(MessageType.Goodbye);
        await agent.DisposeAsync();
        await stopping;
    }

    private ServiceProvider Build(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        ServiceProvider provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        return provider;
    }

    private static async Task StartAsync(ServiceProvider services)
    {
        foreach (IHostedService service in services.GetServices<IHostedService>())
        {
            await service.StartAsync(default).DefaultTimeout();
        }
    }

    private static async Task StopAsync(ServiceProvider services)
    {
        foreach (IHostedService service in services.GetServices<IHostedService>())
        {
            await service.StopAsync(default).DefaultTimeout();
        }

        await services.DisposeAsync().DefaultTimeout();
    }

    private sealed record Greeting(string Word);

    private sealed class Greeter(Greeting greeting) : INodeHandlers
    {
        public void Register(INodeMethods methods) => methods.Handle("greet", (string who) => $"{greeting.Word} {who}");
    }

    private sealed class Counter : INodeHandlers
    {
        private int _count;

        public void Register(INodeMethods methods) => methods.Handle("count", () => Interlocked.Increment(ref _count));
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public TaskCompletionSource Stopped { get; } = new();

        public CancellationToken ApplicationStarted => default;

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => Stopped.SetResult();
    }
}
