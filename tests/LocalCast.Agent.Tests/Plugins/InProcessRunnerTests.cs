using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using LocalCast.Agent.Plugins;
using LocalCast.Broadcasting;
using LocalCast.Supervision;
using LocalCast.Testing;
using LocalCast.Transports;

namespace LocalCast.Agent.Tests;

/// <summary>Plugins in the agent's own process, with a broadcaster in memory.</summary>
public sealed class InProcessRunnerTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("localcast-").FullName;
    private readonly MemoryTransport _transport = new();
    private readonly LogCollector _log = new();
    private Broadcaster _hub = null!;

    public Task InitializeAsync()
    {
        _hub = new Broadcaster(new BroadcasterOptions { AgentName = "test-agent" }, TimeProvider.System, _log);
        _hub.Listen(_transport);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _hub.DisposeAsync().DefaultTimeout();
        Directory.Delete(_data, recursive: true);
        Assert.Empty(_log.Defects);
    }

    [Fact]
    public async Task Launch_Good_ServesInThePromisedOrder()
    {
        RecordingListener listener = Launch(TestPlugins.Manifest("good", "Good", """{"size":3}""", version: "1.2.3"));
        IInstance instance = await listener.Running.Task.DefaultTimeout();
        await using LocalNode caller = await JoinAsync();
        await caller.RequireAsync(["good"]).DefaultTimeout();

        Assert.Equal("""{"size":3}""", await caller.CallAsync<string>("good", "settings").DefaultTimeout());
        Dictionary<string, string> folders = await caller.CallAsync<Dictionary<string, string>>("good", "folders").DefaultTimeout();
        Assert.Equal(Path.GetDirectoryName(TestPlugins.Assembly), folders["plugin"]);
        Assert.True(Directory.Exists(folders["data"]));
        Assert.Equal("1.2.3", _hub.Participants.Single(p => p.Name == "good").Version);
        Assert.Null(instance.Sample());
        Assert.Contains("killed", Assert.Single(instance.Notes));

        instance.Terminate();

        Assert.Equal((0, null), await listener.Ended.Task.DefaultTimeout());
        Assert.Equal(["Output: configured", "Output: started as good in state Joining", "Output: stopped"], listener.Lines);
        await UntilAsync(() => _hub.Participants.Count == 1);
    }

    [Theory]
    [InlineData("Good")]
    [InlineData("Untidy")]
    public async Task End_OfAPlugin_LeavesNothingOfItInMemory(string type)
    {
        for (int round = 0; round < 3; round++)
        {
            await RunOnceAsync(type);
        }

        await UntilGoneAsync();
    }

    [Theory]
    [InlineData("ThrowsInConstructor", "the constructor of LocalCast.TestPlugins.ThrowsInConstructor threw InvalidOperationException: no constructing today", false)]
    [InlineData("WithoutConstructor", "LocalCast.TestPlugins.WithoutConstructor has no constructor without parameters", true)]
    [InlineData("NoPlugin", "LocalCast.TestPlugins.NoPlugin is not a class that implements LocalCast.INodePlugin", true)]
    [InlineData("Idle", "LocalCast.TestPlugins.Idle is not a class that implements LocalCast.INodePlugin", true)]
    [InlineData("Nobody", "LocalCast.TestPlugins has no type LocalCast.TestPlugins.Nobody", true)]
    [InlineData(null, "LocalCast.TestPlugins has several plugins: ", true)]
    public async Task Launch_CannotBeMade_FailsWithTheReasonAndIsUnloaded(string? type, string reason, bool isPermanent)
    {
        RecordingListener listener = Launch(TestPlugins.Manifest("bad", type));

        (string actual, bool actuallyPermanent) = await listener.Failed.Task.DefaultTimeout();

        Assert.StartsWith(reason, actual);
        Assert.Equal(isPermanent, actuallyPermanent);
        await UntilGoneAsync();
    }

    [Theory]
    [InlineData("ThrowsInConfigure", "ConfigureAsync threw InvalidOperationException: no configuring today")]
    [InlineData("ThrowsInStart", "StartAsync threw InvalidOperationException: no starting today")]
    [InlineData("NeedsMore", "the plugin needs the assembly LocalCast.TestPlugins.Missing, Version=")]
    public async Task Run_Fails_EndsWithOneAndSaysWhy(string type, string reason)
    {
        RecordingListener listener = Launch(TestPlugins.Manifest("bad", type));

        Assert.Equal((1, null), await listener.Ended.Task.DefaultTimeout());

        Assert.StartsWith("Error: " + reason, Assert.Single(listener.Lines));
        await UntilAsync(() => _hub.Participants.Count == 0);
    }

    [Fact]
    public async Task Stop_Throws_EndsWithOneAndSaysWhy()
    {
        RecordingListener listener = Launch(TestPlugins.Manifest("bad", "ThrowsInStop"));
        await UntilAsync(() => _hub.Participants.Any(p => p is { Name: "bad", State: "Ready" }));

        (await listener.Running.Task.DefaultTimeout()).Terminate();

        Assert.Equal((1, null), await listener.Ended.Task.DefaultTimeout());
        Assert.Equal(["Error: StopAsync threw InvalidOperationException: no stopping today"], listener.Lines);
    }

    [Fact]
    public async Task Kill_PluginThatDoesNotEnd_FreesItsNameAndTellsTheEndOnce()
    {
        RecordingListener listener = Launch(TestPlugins.Manifest("endless", "Endless"));
        IInstance instance = await listener.Running.Task.DefaultTimeout();
        await UntilAsync(() => _hub.Participants.Any(p => p.Name == "endless"));
        instance.Terminate();
        Assert.False(listener.Ended.Task.IsCompleted);

        instance.Kill();
        instance.Kill();

        Assert.Equal((null, null), await listener.Ended.Task.DefaultTimeout());
        await UntilAsync(() => _hub.Participants.Count == 0);
    }

    [Fact]
    public async Task Launch_ConstructorThatDoesNotReturn_RunsAllTheSameAndCanBeGivenUp()
    {
        using ManualResetEvent gate = CloseGate();
        (RecordingListener listener, IInstance instance) = await LaunchLateAsync();
        Assert.Equal(["Error: [the constructor of the plugin has not returned after 1 s]"], listener.Lines);

        instance.Terminate();
        instance.Kill();

        Assert.Equal((null, null), await listener.Ended.Task.DefaultTimeout());
        gate.Set();
        await UntilGoneAsync(); // it was not begun, though it was made at last
        Assert.Empty(_hub.Participants);
    }

    [Fact]
    public async Task Launch_ConstructorThatIsLate_ServesInTheEnd()
    {
        using ManualResetEvent gate = CloseGate();
        (RecordingListener listener, IInstance instance) = await LaunchLateAsync();

        gate.Set();

        await UntilAsync(() => _hub.Participants.Any(p => p is { Name: "late", State: "Ready" }));
        instance.Terminate();
        Assert.Equal((0, null), await listener.Ended.Task.DefaultTimeout());
    }

    [Fact]
    public async Task Launch_EarlierConstructorStillHangs_IsRefusedAtOnceUntilItReturns()
    {
        using ManualResetEvent gate = CloseGate();
        var time = new FakeTimeProvider();
        var runner = new InProcessRunner(_transport, time);
        RecordingListener first = Launch(runner, TestPlugins.Manifest("late", "WaitsInConstructor"));
        time.Advance(TimeSpan.FromSeconds(1));
        (await first.Running.Task.DefaultTimeout()).Kill();

        for (int attempt = 0; attempt < 3; attempt++)
        {
            RecordingListener again = Launch(runner, TestPlugins.Manifest("late", "WaitsInConstructor"));
            Assert.True(again.Failed.Task.IsCompleted); // before anything was begun
            (string reason, bool isPermanent) = await again.Failed.Task;
            Assert.StartsWith("the constructor of an earlier launch has still not returned", reason, StringComparison.Ordinal);
            Assert.True(isPermanent);
        }

        RecordingListener other = Launch(runner, TestPlugins.Manifest("good", "Good"));
        (await other.Running.Task.DefaultTimeout()).Terminate();
        await other.Ended.Task.DefaultTimeout();

        gate.Set();
        await UntilGoneAsync();
        RecordingListener last = Launch(runner, TestPlugins.Manifest("late", "WaitsInConstructor"));
        (await last.Running.Task.DefaultTimeout()).Terminate();
        Assert.Equal((0, null), await last.Ended.Task.DefaultTimeout());
    }

    [Fact]
    public async Task Join_NameIsTaken_EndsWithOneAndSaysWhy()
    {
        await using LocalNode holder = await LocalNode.JoinAsync("good", o => o.Connector = _transport).DefaultTimeout();

        RecordingListener listener = Launch(TestPlugins.Manifest("good", "Good"));

        Assert.Equal((1, null), await listener.Ended.Task.DefaultTimeout());
        Assert.StartsWith("Error: 'good' could not join: ", listener.Lines[^1]);
    }

    private RecordingListener Launch(NodeManifest manifest, TimeProvider? timeProvider = null) => Launch(new InProcessRunner(_transport, timeProvider), manifest);

    private RecordingListener Launch(InProcessRunner runner, NodeManifest manifest)
    {
        var listener = new RecordingListener();
        LaunchSpec spec = LaunchSpecs.For(manifest, generation: 1, token: "token", pipe: "/nowhere", dataRoot: _data);
        runner.Launch(spec, listener);
        return listener;
    }

    private static ManualResetEvent CloseGate()
    {
        var gate = new ManualResetEvent(false);
        AppContext.SetData("LocalCast.TestPlugins.Gate", gate);
        return gate;
    }

    private async Task<(RecordingListener Listener, IInstance Instance)> LaunchLateAsync()
    {
        var time = new FakeTimeProvider();
        RecordingListener listener = Launch(TestPlugins.Manifest("late", "WaitsInConstructor"), time);
        time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(listener.Running.Task.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        IInstance instance = await listener.Running.Task.DefaultTimeout();
        await UntilAsync(() => listener.Lines.Count > 0);
        return (listener, instance);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task RunOnceAsync(string type)
    {
        RecordingListener listener = Launch(TestPlugins.Manifest("plugin", type));
        IInstance instance = await listener.Running.Task.DefaultTimeout();
        await using LocalNode caller = await JoinAsync();
        await caller.RequireAsync(["plugin"]).DefaultTimeout();
        if (type == "Good")
        {
            Dictionary<string, string> swapped = await caller.CallAsync<Dictionary<string, string>>("plugin", "swap", [new { First = "a", Second = "b" }]).DefaultTimeout();
            Assert.Equal("b", swapped["first"]);
        }

        instance.Terminate();
        Assert.Equal((0, null), await listener.Ended.Task.DefaultTimeout());
    }

    private Task<LocalNode> JoinAsync() => LocalNode.JoinAsync("caller", o =>
    {
        o.Connector = _transport;
        o.DrainTimeout = TimeSpan.Zero;
    }).DefaultTimeout();

    private static Task UntilGoneAsync() => UntilAsync(() =>
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return !AssemblyLoadContext.All.OfType<PluginLoadContext>().Any(context => context.IsCollectible);
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int attempt = 0; attempt < 1_000 && !condition(); attempt++)
        {
            await Task.Delay(1);
        }

        Assert.True(condition());
    }
}
