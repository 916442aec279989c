using LocalCast.Agent.Mesh;
using LocalCast.Mesh;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>What participants of this machine hear of nodes elsewhere.</summary>
public sealed class MeshNewsTests : IAsyncLifetime
{
    private readonly TestAgent _agent = TestAgent.Start();
    private readonly MeshDirectory _directory = new();
    private MeshNews _news = null!;
    private RawParticipant _listener = null!;

    public async Task InitializeAsync()
    {
        _news = new MeshNews(_agent.Broadcaster, _directory, _agent.Log.CreateLogger("mesh"));
        _listener = await _agent.JoinAsync("listener", "\"role\":\"client\",\"topics\":[\"localcast.nodes\"]");
    }

    public async Task DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _agent.DisposeAsync();
    }

    [Fact]
    public async Task Node_ComesBecomesReadyAndGoes_IsToldOnceEach()
    {
        Tell(Node("dns", "Starting"));
        Assert.Equal("arrived dns far", await HeardAsync());
        Tell(Node("dns", "Ready"));
        Assert.Equal("ready dns far", await HeardAsync());
        Tell(Node("dns", "Ready"));
        Tell();
        Assert.Equal("left dns far", await HeardAsync());
        await _listener.ExpectNothingAsync();
    }

    [Fact]
    public async Task Node_ClaimsAnotherAgent_IsToldOfWithoutTheClaim()
    {
        Tell(Node("dns") with { Agent = "a lie" });

        Envelope arrived = await _listener.ExpectAsync(MessageType.Publish);

        Assert.DoesNotContain("a lie", EnvelopeText.PayloadText(arrived));
        Assert.Equal("far", arrived.Field("agent").GetString());
    }

    [Fact]
    public async Task Agent_CanNoLongerBeReached_ItsNodesLeftAndWhy()
    {
        Tell(Node("dns"), Node("dht"));
        Assert.Equal(["arrived dht far", "arrived dns far"], new[] { await HeardAsync(), await HeardAsync() }.Order());

        _news.Tell(new AgentChanged("far", null));

        Envelope left = await _listener.ExpectAsync(MessageType.Publish);
        Assert.NotNull(left.Field("reason").GetString());
        await _listener.ExpectAsync(MessageType.Publish);
        Assert.Equal(["Agent far (far) can be reached", "Agent far (far) can no longer be reached"], _agent.Log.Entries.Where(entry => entry.Message.StartsWith("Agent", StringComparison.Ordinal)).Select(entry => entry.Message));
    }

    [Fact]
    public async Task Clients_AreNoNews()
    {
        Tell(new NodeDescription { Name = "shell", Role = "client", Topics = ["a"] });

        await _listener.ExpectNothingAsync();
        Assert.Equal(["a"], _directory.Topics);
    }

    [Fact]
    public async Task SameNameTwice_IsOneNode()
    {
        Tell(Node("dns"), Node("dns"));

        Assert.Equal("arrived dns far", await HeardAsync());
        await _listener.ExpectNothingAsync();
    }

    private static NodeDescription Node(string name, string state = "Ready") => new() { Name = name, State = state, Methods = ["m"], Topics = ["t"] };

    private void Tell(params NodeDescription[] nodes) => _news.Tell(new AgentChanged("far", new AgentDocument { Id = "far", Boot = 1, Seq = 1, Nodes = nodes }));

    private async Task<string> HeardAsync()
    {
        Envelope news = await _listener.ExpectAsync(MessageType.Publish);
        return $"{news.Field("event")} {news.Field("node", "name")} {news.Field("agent")}";
    }
}
