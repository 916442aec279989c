using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

public abstract class DiscoveryTests(TestPlace place) : NodeTest(place)
{
    [Fact]
    public async Task Ping_NodesAndClients_FindsEveryOtherNodeAndEndsAtOnce()
    {
        LocalNode asker = await JoinAsync("asker");
        LocalNode dns = await JoinAsync("dns", o =>
        {
            o.Version = "1.2";
            o.Describe = () => "fine";
        });
        dns.Handle("resolve", () => 1);
        await JoinAsync("dht", o => o.Describe = () => throw new InvalidOperationException("no idea"));
        await JoinAsync("client", o => o.IsClient = true);

        List<FoundNode> found = await PingAsync(asker).DefaultTimeout();

        Assert.Equal(["dht", "dns"], found.Select(f => f.Name).Order());
        NodeDescription description = found.Single(f => f.Name == "dns").Description;
        Assert.Equal(("1.2", "Ready", Environment.ProcessId, "fine"), (description.Version, description.State, description.Pid, description.Details));
        Assert.Equal(["resolve"], description.Methods!);
        Assert.Contains("no idea", found.Single(f => f.Name == "dht").Description.Error);
        Assert.All(found, f => Assert.InRange(f.RoundTrip, TimeSpan.Zero, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Ping_Nobody_IsEmptyAtOnce() => Assert.Empty(await PingAsync(await JoinAsync("asker")).DefaultTimeout());

    [Fact]
    public async Task Require_Nodes_ComeInTheOrderAskedOrAreNamed()
    {
        LocalNode asker = await JoinAsync("asker");
        Task<IReadOnlyList<NodeDescription>> requiring = asker.RequireAsync(["dns", "dht"]).AsTask();
        await JoinAsync("dht");
        await JoinAsync("dns");

        Assert.Equal(["dns", "dht"], (await requiring.DefaultTimeout()).Select(d => d.Name));
        LocalCastException e = await FailsAsync(LocalCastError.NodeNotReady, () => asker.RequireAsync(["dns", "absent"], TimeSpan.FromMilliseconds(500)).AsTask());
        Assert.Contains("absent (not there)", e.Message);
    }

    [Fact]
    public async Task Join_WithRequires_IsReadyWhenTheyAre()
    {
        Task<LocalNode> joining = JoinAsync("dht", o => o.Requires("dns"));
        LocalNode asker = await JoinAsync("asker");
        await UntilAsync(() => Agent.Participants.Any(p => p is { Name: "dht", State: "Starting" }));
        await FailsAsync(LocalCastError.NodeNotReady, () => asker.CallAsync<int>("dht", "m").AsTask());

        await JoinAsync("dns");

        LocalNode dht = await joining.DefaultTimeout();
        Assert.Equal(NodeState.Ready, dht.State);
        await UntilAsync(() => Agent.Participants.Single(p => p.Name == "dht").State == "Ready");
    }

    [Fact]
    public async Task Join_RequiredNodeDoesNotCome_FailsNamingItAndLeavesNobodyBehind()
    {
        await FailsAsync(LocalCastError.NodeNotReady, () => JoinAsync("dht", o =>
        {
            o.Requires("dns");
            o.RequireTimeout = TimeSpan.FromMilliseconds(500);
        }));

        await UntilAsync(() => Agent.Participants.Count == 0);
    }

    [Fact]
    public async Task List_Everybody_ClientsToo()
    {
        LocalNode asker = await JoinAsync("asker", o => o.IsClient = true);
        await JoinAsync("dns");

        IReadOnlyList<NodeDescription> all = await asker.ListAsync().DefaultTimeout();

        Assert.Equal(["asker client", "dns node"], all.Select(d => $"{d.Name} {d.Role}"));
        Assert.Equal("test-agent", asker.Agent.Name);
    }

    private static async Task<List<FoundNode>> PingAsync(LocalNode asker)
    {
        List<FoundNode> found = [];
        await foreach (FoundNode node in asker.PingAsync())
        {
            found.Add(node);
        }

        return found;
    }
}

public sealed class DiscoveryTestsInMemory() : DiscoveryTests(new TestPlace.Memory());

public sealed class DiscoveryTestsOnAPipe() : DiscoveryTests(new TestPlace.Pipe());
