using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Agents on machines of their own, as far as the network is concerned, in two sites whose line is cut and slow for real.</summary>
public sealed class TwoSitesTests : MeshTest
{
    private static readonly LocalCastError[] _cut = [LocalCastError.Timeout, LocalCastError.Disconnected, LocalCastError.NoRoute];

    private TwoSites? _sites;

    private TwoSites Sites => _sites!;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync(); // who lives in a namespace goes first
        if (_sites is not null)
        {
            await _sites.DisposeAsync();
        }
    }

    [Fact]
    public async Task LineIsCutAndJoined_BothSidesWorkOn_AndAgreeAgain()
    {
        // A ring: a and b here, c and d there.
        string[] all = ["a", "b", "c", "d"];
        _sites = await TwoSites.CreateAsync(["a", "b"], ["c", "d"]);
        string[] impatient = await AskingEverySecondAsync();
        await UpAsync("a", Sites.On("a", impatient));
        await UpAsync("b", Sites.On("b", impatient), "a");
        await UpAsync("c", Sites.On("c", impatient), "b");
        await UpAsync("d", Sites.On("d", impatient), "c", "a");
        await Task.WhenAll(all.Select(agent => JoinEchoAsync(agent, "echo-" + agent)));
        LocalNode[] clients = await Task.WhenAll(all.Select(agent => JoinClientAsync(agent, "client")));
        await WaitForMeshAsync(all);
        Assert.Equal("d", await WhereAsync(clients[1], "echo-d"));


        // The handshakes ran on cold code: until round trips are measured again, the way to a neighbour may seem shorter through the other site.
        foreach ((string here, string there) in (IEnumerable<(string, string)>)[("a", "b"), ("b", "a"), ("c", "d"), ("d", "c")])
        {
            await WaitUntilAsync(async () => (await AskAsync(here, "route", "echo-" + there)).GetProperty("hops").GetArrayLength() == 1, $"{here} goes to {there} through others");
        }

        await Sites.CutAsync();

        // Nobody is told that the line is cut: what is asked across it ends by its name, at its deadline at the latest.
        Assert.Contains(await FailsAsync(clients[0], "echo-c", "where", TimeSpan.FromMilliseconds(500)), _cut);
        Assert.Equal("b", await WhereAsync(clients[0], "echo-b"));
        Assert.Equal("c", await WhereAsync(clients[3], "echo-c"));

        // Soon it is known, and then it is said at once.
        foreach ((string here, string there) in (IEnumerable<(string, string)>)[("a", "c"), ("a", "d"), ("b", "c"), ("c", "a"), ("d", "b")])
        {
            await WaitForLossAsync(here, there);
        }

        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(clients[0], "echo-c", "where"));
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(clients[3], "echo-b@b", "where"));
        (await RunAtAsync("a", "route", "echo-c")).AssertFailed(ErrorCatalog.ExitCodeOf(LocalCastError.NoRoute), "echo-c");
        await WaitUntilAsync(async () => (await PeersAsync("d")).GetValueOrDefault("a") != "Connected", "d still shows its link to a");
        string why = (await RunAtAsync("d", "why", "a")).Output;
        Assert.True(why.Contains("silent", StringComparison.Ordinal) || why.Contains("nothing is routed", StringComparison.Ordinal) || why.Contains("dial", StringComparison.Ordinal), why);

        // Each side goes on by itself, with what is new in it.
        Assert.Equal("b", await WhereAsync(clients[0], "echo-b"));
        Assert.Equal("d", await WhereAsync(clients[2], "echo-d"));
        await JoinEchoAsync("b", "born-apart-here");
        await JoinEchoAsync("d", "born-apart-there");
        await WaitForWayAsync("a", "born-apart-here", "b");
        await WaitForWayAsync("c", "born-apart-there", "d");

        await Sites.JoinAsync();

        await WaitForMeshAsync(all);
        foreach (string agent in all)
        {
            foreach (string name in (string[])["born-apart-here", "born-apart-there", .. all.Select(other => "echo-" + other)])
            {
                await WaitUntilAsync(async () => await WayAsync(agent, name) is not null, $"{agent} does not know {name}");
            }
        }

        Assert.Equal("d", await WhereAsync(clients[0], "born-apart-there"));
        Assert.Equal("b", await WhereAsync(clients[2], "born-apart-here"));
    }

    [Fact]
    public async Task SlowLine_IsMeasured_AndTheNearerNodeIsPreferred()
    {
        _sites = await TwoSites.CreateAsync(["a", "b"], ["c"]);
        Sites.Delay(TimeSpan.FromMilliseconds(200));
        string[] measuring = await AskingEverySecondAsync(); // what was measured while the agents started may say more of the processor than of the line
        await UpAsync("a", Sites.On("a", measuring));
        await UpAsync("b", Sites.On("b", measuring), "a");
        await UpAsync("c", Sites.On("c", measuring), "a");
        await JoinEchoAsync("c", "svc");
        LocalNode client = await JoinClientAsync("a", "client");
        await WaitForWayAsync("a", "svc", "c");

        // There and back, measured: never less than it takes.
        await WaitUntilAsync(async () => (await AskAsync("a", "route", "svc")).GetProperty("rtt_ms").GetDouble() >= 400, "the round trip is not measured");
        JsonElement peer = (await AskAsync("a", "peers")).EnumerateArray().Single(row => row.GetProperty("id").GetString() == "c");
        Assert.InRange(peer.GetProperty("rtt_ms").GetDouble(), 400, 20_000);

        // A deadline that cannot be met is kept all the same, and the answer that comes too late harms nobody.
        Assert.Equal(LocalCastError.Timeout, await FailsAsync(client, "svc", "where", TimeSpan.FromMilliseconds(250)));
        Assert.Equal("c", await WhereAsync(client, "svc"));

        await JoinEchoAsync("b", "svc");
        await WaitForWayAsync("a", "svc", "b");
        Assert.Equal("b", await WhereAsync(client, "svc"));
        Assert.Equal("c", await WhereAsync(client, "svc@c"));
    }

    private async Task<string[]> AskingEverySecondAsync()
    {
        string path = Path.Combine(Folder, "agent.json");
        await File.WriteAllTextAsync(path, """{"mesh":{"keepAliveAfter":"1s","keepAliveTimeout":"10s"}}""").DefaultTimeout();
        return ["--config", path];
    }

    private static Task<string> WhereAsync(LocalNode client, string node) => client.CallAsync<string>(node, "where").AsTask().DefaultTimeout();
}
