using System.Text.Json;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Agents in lines, rings, stars and meshes; some of them are killed.</summary>
public abstract class TopologyTests : MeshTest
{
    private protected TopologyTests(IGround ground)
        : base(ground)
    {
    }

    [Fact]
    public async Task LineOfFour_ThreeHops_AndAMiddleThatIsKilledAndComesBack()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await UpAsync("c", "b");
        await UpAsync("d", "c");
        var held = new HeldCalls();
        await JoinAsync("d", "worker", options =>
        {
            options.Handle("where", () => "d");
            held.AddTo(options);
        });
        LocalNode client = await JoinClientAsync("a", "client");
        await WaitForWayAsync("a", "worker", "b", "c", "d");

        CommandResult route = await RunAtAsync("a", "route", "worker");
        Assert.Contains("worker@d: 3 hops", route.Output);
        Assert.Equal("d", await WhereAsync(client, "worker"));

        Task<LocalCastError> failed = FailsAsync(client, "worker", "hold", TimeSpan.FromSeconds(25));
        HeldCall call = await held.NextAsync();
        await CrashAsync("c");

        // Not by its deadline, which would be a Timeout; and who worked on it learns that nobody waits any more.
        Assert.Equal(LocalCastError.Disconnected, await failed);
        await call.Cancelled.DefaultTimeout();
        await WaitForLossAsync("a", "d");
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(client, "worker@d", "where"));
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(client, "worker", "where"));
        Assert.Equal(LocalCastError.NodeNotFound, await FailsAsync(client, "never-heard-of", "where"));
        (await RunAtAsync("a", "route", "worker@d")).AssertFailed(ErrorCatalog.ExitCodeOf(LocalCastError.NoRoute), "'d'");

        await UpAgainAsync("c");
        await WaitForWayAsync("a", "worker", "b", "c", "d");
        Assert.Equal("d", await WhereAsync(client, "worker"));
    }

    [Fact]
    public async Task RingOfFour_OneIsKilled_TrafficGoesTheOtherWayRound()
    {
        await UpAsync("a");
        await UpAsync("b", "a");
        await UpAsync("c", "b");
        await UpAsync("d", "c", "a");
        await JoinEchoAsync("c", "worker");
        LocalNode client = await JoinClientAsync("a", "client");
        await WaitUntilAsync(async () => await WayAsync("a", "worker") is [_, "c"], "no way of two hops");

        string between = (await WayAsync("a", "worker"))![0];
        Assert.Equal("c", await WhereAsync(client, "worker"));
        await CrashAsync(between);
        string other = between == "b" ? "d" : "b";
        await WaitForWayAsync("a", "worker", other, "c");

        Assert.Equal("c", await WhereAsync(client, "worker"));
    }

    [Fact]
    public async Task Star_PointsReachEachOtherThroughTheMiddle_AndAreAloneWithoutIt()
    {
        await UpAsync("hub");
        string[] points = ["p1", "p2", "p3", "p4"];
        await Task.WhenAll(points.Select(point => UpAsync(point, "hub")));
        await Task.WhenAll(points.Select(point => JoinEchoAsync(point, "echo-" + point)));
        LocalNode client = await JoinClientAsync("p1", "client");
        foreach (string point in points[1..])
        {
            await WaitForWayAsync("p1", "echo-" + point, "hub", point);
            Assert.Equal(point, await WhereAsync(client, "echo-" + point));
        }

        await CrashAsync("hub");
        await WaitForLossAsync("p1", "p2");
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(client, "echo-p2", "where"));
        Assert.Equal("p1", await WhereAsync(client, "echo-p1"));

        await UpAgainAsync("hub");
        await WaitForMeshAsync("p1", "p2", "p3", "p4");
        Assert.Equal("p4", await WhereAsync(client, "echo-p4"));
    }

    [Fact]
    public async Task MeshOfEight_AllAgree_AndPublicationsReachEachOnce()
    {
        await UpAsync("m1");
        await Task.WhenAll(UpAsync("m2", "m1"), UpAsync("m3", "m1"));
        await Task.WhenAll(UpAsync("m4", "m2", "m3"), UpAsync("m5", "m3"));
        await Task.WhenAll(UpAsync("m6", "m4", "m5"), UpAsync("m7", "m1", "m5"), UpAsync("m8", "m2"));
        string[] all = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"];
        LocalNode[] nodes = await Task.WhenAll(all.Select(agent => JoinEchoAsync(agent, "node-" + agent)));
        LocalNode client = await JoinClientAsync("m1", "client");
        foreach (string agent in all)
        {
            // All agree: each knows each other's node and a way to it.
            foreach (string other in all.Where(other => other != agent))
            {
                await WaitUntilAsync(async () => await WayAsync(agent, "node-" + other) is [.., var last] && last == other, $"{agent} does not know the node of {other}");
            }
        }

        JsonElement found = (await RunAtAsync("m6", "ping", "--mesh", "--json")).Json();
        Assert.Equal(
            all.Select(agent => agent == "m6" ? "node-m6" : $"node-{agent}@{agent}").Order(StringComparer.Ordinal),
            found.EnumerateArray().Select(node => node.GetProperty("name").GetString()!).Order(StringComparer.Ordinal));

        await using Crowd crowd = await Crowd.SubscribeAsync(nodes, "sensors.*.>");
        await WaitUntilAsync(
            async () =>
            {
                await client.PublishAsync("sensors.the.start", "start").DefaultTimeout();
                return crowd.Got("start").All(got => got.Length > 0);
            },
            "not all subscriptions are known");

        // Each number once, to everybody who subscribes, and to everybody at all.
        for (int i = 10; i < 30; i++)
        {
            await client.PublishAsync("sensors.kitchen.temp", $"all-{i}").DefaultTimeout();
            await client.PublishAsync("sensors.kitchen.temp", $"every-{i}", PublishMode.Every).DefaultTimeout();
            await client.PublishAsync("sensors.kitchen", $"unwanted-{i}").DefaultTimeout();
        }

        string[] wanted = [.. ((string[])["all-", "every-"]).SelectMany(prefix => Enumerable.Range(10, 20).Select(i => $"{prefix}{i}"))];
        await WaitUntilAsync(() => Task.FromResult(crowd.Got("all-").Concat(crowd.Got("every-")).All(got => got.Length >= 20)), "not all publications came");

        // To one: acknowledged each time, and not always by the same. 25 each on average; one in 10^10 runs is outside of this.
        string[] ones = [.. Enumerable.Range(100, 200).Select(i => $"one-{i}")];
        await Task.WhenAll(ones.Select(one => client.PublishAsync("sensors.hall.temp", one, PublishMode.One).AsTask())).DefaultTimeout();
        Assert.Equal(ones, crowd.Got("one-").SelectMany(got => got).Order(StringComparer.Ordinal));
        Assert.All(crowd.Got("one-"), got => Assert.InRange(got.Length, 1, 65));

        // Whatever came twice or was not for anybody came before this.
        await client.PublishAsync("sensors.the.end", "end").DefaultTimeout();
        await WaitUntilAsync(() => Task.FromResult(crowd.Got("end").All(got => got.Length > 0)), "the end did not come");
        Assert.All(crowd.Got("all-").Zip(crowd.Got("every-"), (all, every) => all.Concat(every)), got => Assert.Equal(wanted, got));
        Assert.All(crowd.Got("unwanted"), Assert.Empty);
    }
}

public sealed class TopologyOnOneHostTests() : TopologyTests(new OneHost());

public sealed class TopologyInNamespacesTests() : TopologyTests(new NamespaceMesh());
