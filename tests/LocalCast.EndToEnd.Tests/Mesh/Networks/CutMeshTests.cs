using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Eight agents under load, each linked to three: a ring, and a line from each to the one opposite. Lines are cut at random, then all between two halves.</summary>
public sealed class CutMeshTests : NetworkTest
{
    private const int Rounds = 2;
    private const int CutsEach = 4;

    private static readonly string[] _all = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"];
    private static readonly string[] _here = _all[..4];
    private static readonly string[] _there = _all[4..];

    private readonly Random _random = new(8);

    [Fact]
    public async Task EightAgents_LinesCutAtRandom_ThenHalves_NoCallIsLostOrDoubled_AndAllAgreeInTheEnd()
    {
        await StartAsync();
        await JoinEchoesAsync(_all);
        await Task.WhenAll(_all.Select(AddCounterAsync));
        LocalNode[] clients = await JoinClientsAsync(_all);
        await WaitForNodesAsync(_all, [.. _all.Select(EchoOf)]);
        await using Crowd crowd = await Crowd.SubscribeAsync(clients, "news.>");
        SteadyCaller[] within = await AddCallersAsync(("m1", "m4"), ("m3", "m2"), ("m6", "m7"), ("m8", "m5"));
        SteadyCaller[] across = await AddCallersAsync(("m1", "m6"), ("m4", "m7"), ("m5", "m3"), ("m8", "m2"));
        SteadyCaller[] callers = [.. within, .. across];
        StartCalling(atOnce: 1);
        await WaitForSuccessesAsync(callers);

        for (int round = 0; round < Rounds; round++)
        {
            (string, string)[] cut = SomeThatLeaveAllConnected();
            await Task.WhenAll(cut.Select((line, i) => EndAsync(line, isSilent: i % 2 == 0)));
            await WaitForWaysAroundAsync(cut);
            await AssertAllReachAllAsync(clients);
            await Task.WhenAll(cut.Select((line, i) => BeginAsync(line, isSilent: i % 2 == 0)));
            await WaitForSuccessesAsync(callers);
        }

        (string Left, string Right)[] between = [.. Net.Lines.Where(line => _here.Contains(line.Left) != _here.Contains(line.Right))];
        await Task.WhenAll(between.Select(line => EndAsync(line, isSilent: true)));
        await WaitForPartitionAsync(_here, _there);
        Assert.Equal(LocalCastError.NoRoute, await FailsAsync(clients[0], EchoOf("m8"), "where"));
        Assert.Equal("m2", await WhereAsync(clients[3], EchoOf("m2")));
        await JoinEchoAsync("m1", "born-apart-here");
        await JoinEchoAsync("m8", "born-apart-there");
        await WaitForNodesAsync(_here, ["born-apart-here"]);
        await WaitForNodesAsync(_there, ["born-apart-there"]);
        await WaitForSuccessesAsync(within);

        await Task.WhenAll(between.Select(line => BeginAsync(line, isSilent: true)));

        await WaitForNodesAsync(_all, ["born-apart-here", "born-apart-there", .. _all.Select(EchoOf)]);
        await WaitForSuccessesAsync(callers);
        await StopAndAccountAsync(CutErrors);
        await AssertAllReachAllAsync(clients);
        await AssertNewsReachEachOnceAsync(clients[2], crowd);
    }

    /// <summary>Each dials those that are there before it.</summary>
    private async Task StartAsync()
    {
        await UpAsync("m1");
        await Task.WhenAll(UpAsync("m2", "m1"), UpAsync("m5", "m1"), UpAsync("m8", "m1"));
        await Task.WhenAll(UpAsync("m3", "m2"), UpAsync("m6", "m2", "m5"));
        await Task.WhenAll(UpAsync("m4", "m3", "m5", "m8"), UpAsync("m7", "m3", "m6", "m8"));
    }

    private (string Left, string Right)[] SomeThatLeaveAllConnected()
    {
        List<(string Left, string Right)> left = [.. Net.Lines];
        List<(string Left, string Right)> taken = [];
        (string Left, string Right)[] inTurn = [.. left];
        _random.Shuffle(inTurn);
        foreach ((string Left, string Right) line in inTurn.Where(line => taken.Count < CutsEach && AreAllConnected([.. left.Where(other => other != line)])))
        {
            left.Remove(line);
            taken.Add(line);
        }

        return [.. taken];
    }

    private static bool AreAllConnected((string Left, string Right)[] lines)
    {
        HashSet<string> reached = [_all[0]];
        while (lines.FirstOrDefault(line => reached.Contains(line.Left) != reached.Contains(line.Right)) is ({ } left, { } right))
        {
            reached.UnionWith([left, right]);
        }

        return reached.Count == _all.Length;
    }

    private Task EndAsync((string Left, string Right) line, bool isSilent)
    {
        if (!isSilent)
        {
            return Net.UnplugAsync(line.Left, line.Right);
        }

        Net.Cut(line.Left, line.Right);
        return Task.CompletedTask;
    }

    private Task BeginAsync((string Left, string Right) line, bool isSilent)
    {
        if (!isSilent)
        {
            return Net.PlugInAsync(line.Left, line.Right);
        }

        Net.Mend(line.Left, line.Right);
        return Task.CompletedTask;
    }

    /// <summary>Waits until nobody would send anything over these lines.</summary>
    private Task WaitForWaysAroundAsync((string Left, string Right)[] cut) => Task.WhenAll(_all.SelectMany(from => _all.Where(to => to != from).Select(to => WaitUntilAsync(
        async () => await WayAsync(from, EchoOf(to)) is { } hops && !((string[])[from, .. hops]).Zip(hops).Any(step => cut.Contains((step.First, step.Second)) || cut.Contains((step.Second, step.First))),
        $"{from} finds no way to {to} around {string.Join(", ", cut)}"))));

    private static Task AssertAllReachAllAsync(LocalNode[] clients) =>
        Task.WhenAll(clients.SelectMany(client => _all.Select(async agent => Assert.Equal(agent, await WhereAsync(client, EchoOf(agent))))));

    private async Task AssertNewsReachEachOnceAsync(LocalNode publisher, Crowd crowd)
    {
        await WaitUntilAsync(
            async () =>
            {
                await publisher.PublishAsync("news.start", "start").DefaultTimeout();
                return crowd.Got("start").All(got => got.Length > 0);
            },
            "not all subscriptions are known");
        string[] numbers = [.. Enumerable.Range(10, 20).Select(i => $"news-{i}")];
        foreach (string number in numbers)
        {
            await publisher.PublishAsync("news.numbers", number).DefaultTimeout();
        }

        await publisher.PublishAsync("news.end", "end").DefaultTimeout();
        await WaitUntilAsync(() => Task.FromResult(crowd.Got("end").All(got => got.Length > 0) && crowd.Got("news-").All(got => got.Length >= numbers.Length)), "not all news came");
        Assert.All(crowd.Got("news-"), got => Assert.Equal(numbers, got));
    }
}
