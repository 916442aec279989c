using LocalCast.Agent.Mesh;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>An agent that takes part in a mesh and meets nobody: how it begins and ends.</summary>
public sealed class MeshUplinkTests : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"localcast-{Guid.NewGuid():n}");
    private readonly TestAgent _agent = TestAgent.Start();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _agent.DisposeAsync();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public async Task Start_SecurityIsNotSwitchedOffOnPurpose_Refuses()
    {
        LocalCastException refusal = await Assert.ThrowsAsync<LocalCastException>(() => StartAsync(settings => settings.Security = MeshSecurity.Tls));

        Assert.Contains("mesh.security: none", refusal.Message);
        Assert.False(new MeshSettings { Peers = ["ws://10.0.0.1"] }.Security == MeshSecurity.None); // also when nothing is said
    }

    [Theory]
    [InlineData("not an address")]
    [InlineData("")]
    public async Task Start_APeerThatIsNoAddress_RefusesAndLeavesNothingBehind(string peer)
    {
        LocalCastException refusal = await Assert.ThrowsAsync<LocalCastException>(() => StartAsync(settings => settings.Peers = [peer]));

        Assert.Contains($"'{peer}'", refusal.Message);
        await using MeshUplink uplink = await StartAsync(); // the hub has none yet
    }

    [Theory]
    [InlineData("a@b", "'@'")]
    [InlineData("", "missing")]
    public async Task Start_AnIdThatNobodyWouldTake_Refuses(string id, string why)
    {
        var options = new AgentOptions { Broadcaster = _agent.Options, Mesh = new MeshSettings { Security = MeshSecurity.None, Port = 0 } };
        options.Broadcaster.AgentId = id;

        LocalCastException refusal = await Assert.ThrowsAsync<LocalCastException>(
            () => MeshUplink.StartAsync(options, _agent.Broadcaster, _folder, _agent.Log, _agent.Time, CancellationToken.None));

        Assert.Equal(LocalCastError.BadRequest, refusal.Code);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task IsThisAgent_ByIdAndByName()
    {
        await using MeshUplink uplink = await StartAsync();

        Assert.True(uplink.IsThisAgent("here-id"));
        Assert.True(uplink.IsThisAgent("test-agent"));
        Assert.False(uplink.IsThisAgent("far"));
    }

    [Fact]
    public async Task Call_OfAnAgentThatNobodyKnows_IsAnsweredWithoutADeadline()
    {
        await using MeshUplink uplink = await StartAsync();
        await using RawParticipant caller = await _agent.JoinAsync("caller");

        await caller.SendAsync("""{"type":"call","id":"1","to":"dns@far","data":{"method":"m"}}""");

        Task<Envelope> result = caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NoRoute);
        await _agent.AdvanceUntilAsync(result);
        Assert.Equal("1", (await result).ReplyTo);
        Assert.True(_agent.Time.GetTimestamp() < TimeSpan.FromSeconds(10).Ticks);
    }

    [Fact]
    public async Task Dispose_WhoWaitsForOthers_HearsItAtOnce()
    {
        MeshUplink uplink = await StartAsync();
        await using RawParticipant caller = await _agent.JoinAsync("caller");
        await caller.SendAsync("""{"type":"require","id":"r","data":{"names":["dns"],"scope":"mesh"}}""");
        await caller.ExpectNothingAsync();

        await uplink.DisposeAsync().DefaultTimeout();

        Assert.Equal("r", (await caller.ExpectErrorAsync(MessageType.Required, LocalCastError.Disconnected)).ReplyTo);
        await caller.SendAsync("""{"type":"call","id":"1","to":"dns@far","data":{"method":"m"}}""");
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound);
    }

    [Fact]
    public async Task Dispose_KeepsWhatWasLearnt()
    {
        MeshUplink uplink = await StartAsync();
        await uplink.DisposeAsync().DefaultTimeout();
        byte[] kept = await File.ReadAllBytesAsync(Path.Combine(_folder, "mesh.json"));
        _agent.Time.Advance(TimeSpan.FromMinutes(5)); // no tick follows that writes it again

        Assert.NotEmpty(kept);
        await using MeshUplink next = await StartAsync();
        Assert.DoesNotContain(_agent.Log.Entries, entry => entry.Message.Contains("cannot be kept", StringComparison.Ordinal));
    }

    [Fact]
    public async Task HubStops_First_TheUplinkEndsAllTheSame()
    {
        MeshUplink uplink = await StartAsync();

        await _agent.AdvanceUntilAsync(_agent.Broadcaster.StopAsync("the hub stops"));
        await uplink.DisposeAsync().DefaultTimeout();

        Assert.Empty(_agent.Log.Defects);
    }

    private Task<MeshUplink> StartAsync(Action<MeshSettings>? change = null)
    {
        var options = new AgentOptions { Broadcaster = _agent.Options, Mesh = new MeshSettings { Security = MeshSecurity.None } };
        options.Broadcaster.AgentId = "here-id";
        change?.Invoke(options.Mesh);
        return MeshUplink.StartAsync(options, _agent.Broadcaster, _folder, _agent.Log, _agent.Time, CancellationToken.None);
    }
}
