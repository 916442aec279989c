using System.Text.Json;
using LocalCast.Plugins.Counter;
using LocalCast.Plugins.Dht;
using LocalCast.Plugins.Dns;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Plugins.Tests;

/// <summary>The plugins as nodes of an agent in memory.</summary>
public sealed class PluginTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("localcast-").FullName;
    private readonly List<LocalNode> _nodes = [];
    private TestAgent _agent = null!;
    private LocalNode _caller = null!;

    public async Task InitializeAsync()
    {
        _agent = TestAgent.Start(time: TimeProvider.System);
        _caller = await LocalNode.JoinAsync("caller", Configure);
        _nodes.Add(_caller);
    }

    public async Task DisposeAsync()
    {
        foreach (LocalNode node in _nodes)
        {
            await node.DisposeAsync().DefaultTimeout();
        }

        await _agent.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Dns_ResolvesAndIsChanged()
    {
        using var dns = new DnsPlugin();
        await StartAsync("dns", dns, """{"table":{"Example.com":["192.0.2.1"]}}""");

        Assert.Equal(["192.0.2.1"], await _caller.CallAsync<string[]>("dns", "resolve", ["EXAMPLE.com."]).DefaultTimeout());
        Assert.True(await _caller.CallAsync<bool>("dns", "add", ["a.test", "2001:DB8::0001"]).DefaultTimeout());
        Assert.False(await _caller.CallAsync<bool>("dns", "add", ["a.test", "2001:db8::1"]).DefaultTimeout());
        Assert.Equal(["2001:db8::1"], await _caller.CallAsync<string[]>("dns", "resolve", ["a.test"]).DefaultTimeout());
        Assert.Equal(["a.test", "example.com"], (await _caller.CallAsync<Dictionary<string, string[]>>("dns", "list").DefaultTimeout()).Keys);
        Assert.True(await _caller.CallAsync<bool>("dns", "remove", ["a.test"]).DefaultTimeout());
        Assert.False(await _caller.CallAsync<bool>("dns", "remove", ["a.test"]).DefaultTimeout());
        Assert.Contains("127.0.0.1", (await _caller.CallAsync<string[]>("dns", "resolve", ["127.0.0.1"]).DefaultTimeout())); // the system's part, without a network
        await FailsAsync(LocalCastError.BadRequest, _caller.CallAsync<bool>("dns", "add", ["a.test", "nonsense"]));
        await FailsAsync(LocalCastError.BadRequest, _caller.CallAsync<string[]>("dns", "resolve", ["two words"]));
    }

    [Fact]
    public async Task Dht_KeepsValuesAndRequiresDns()
    {
        using var dns = new DnsPlugin();
        await StartAsync("dns", dns, """{"table":{"here.test":["192.0.2.7"]}}""");
        await StartAsync("dht", new DhtPlugin(), """{"host":"here.test"}""");

        Assert.Equal(3, await _caller.CallAsync<int>("dht", "put", ["k", new { a = 1 }]).DefaultTimeout());
        Assert.Equal("""{"a":1}""", (await _caller.CallAsync<JsonElement>("dht", "get", ["k"]).DefaultTimeout()).GetRawText());
        Assert.Null(await _caller.CallAsync<string?>("dht", "get", ["none"]).DefaultTimeout());
        Assert.Equal(3, (await _caller.CallAsync<JsonElement>("dht", "find", ["k"]).DefaultTimeout()).GetProperty("nodes").GetArrayLength());
        Assert.Equal(1, (await _caller.CallAsync<JsonElement>("dht", "stats").DefaultTimeout()).GetProperty("entries").GetInt32());
        Assert.True(await _caller.CallAsync<bool>("dht", "delete", ["k"]).DefaultTimeout());
        await FailsAsync(LocalCastError.BadRequest, _caller.CallAsync<int>("dht", "put", ["k", null]));
        Assert.Equal(["dns"], _agent.Broadcaster.Participants.Single(p => p.Name == "dht").Requires!);
    }

    [Fact]
    public async Task Counter_CountsAndKeepsItsNumber()
    {
        var counter = new CounterPlugin();
        LocalNode node = await StartAsync("counter", counter, settings: null);
        Assert.Equal(1, await _caller.CallAsync<long>("counter", "increment").DefaultTimeout());
        Assert.Equal(6, await _caller.CallAsync<long>("counter", "increment", [5]).DefaultTimeout());
        Assert.Equal(4, await _caller.CallAsync<long>("counter", "increment", [-2]).DefaultTimeout());
        await FailsAsync(LocalCastError.BadRequest, _caller.CallAsync<long>("counter", "increment", [long.MaxValue]));
        await FailsAsync(LocalCastError.BadRequest, _caller.CallAsync<long>("counter", "increment", [1, 2]));
        await FailsAsync(LocalCastError.BadRequest, _caller.CallAsync<long>("counter", "increment", [new[] { 1 }]));
        await counter.StopAsync(default);
        await node.DisposeAsync().DefaultTimeout();

        await StartAsync("counter", new CounterPlugin(), settings: null);

        Assert.Equal(4, await _caller.CallAsync<long>("counter", "get").DefaultTimeout());
        Assert.Equal(0, await _caller.CallAsync<long>("counter", "reset").DefaultTimeout());
    }

    private void Configure(LocalNodeOptions options)
    {
        options.Connector = _agent.Transport;
        options.DrainTimeout = TimeSpan.Zero;
    }

    /// <summary>In the order that an agent keeps to.</summary>
    private async Task<LocalNode> StartAsync(string name, INodePlugin plugin, string? settings)
    {
        var options = new LocalNodeOptions();
        Configure(options);
        using JsonDocument? document = settings is null ? null : JsonDocument.Parse(settings);
        var context = new NodePluginContext { Name = name, DataFolder = _data, PluginFolder = _data, Settings = document?.RootElement.Clone(), Node = options, Log = _ => { } };
        await plugin.ConfigureAsync(context, default).DefaultTimeout();
        LocalNode node = await LocalNode.JoinAsync(name, options.StartsNotReady()).DefaultTimeout();
        _nodes.Add(node);
        await plugin.StartAsync(node, default).DefaultTimeout();
        await node.ReadyAsync().DefaultTimeout();
        return node;
    }

    private static async Task FailsAsync<T>(LocalCastError error, ValueTask<T> call) =>
        Assert.Equal(error, (await Assert.ThrowsAsync<LocalCastException>(() => call.DefaultTimeout())).Code);
}
