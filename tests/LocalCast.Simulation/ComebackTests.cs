using Xunit.Abstractions;

namespace LocalCast.Simulation;

/// <summary>An agent or a line comes back. A way that an agent knows then is one that a call can go: it succeeds the first time.</summary>
public sealed class ComebackTests(ITestOutputHelper log)
{
    /// <summary>The middle of a line is killed, and others remember what it told of itself.</summary>
    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    public void AgentIsBack_WaysOfItsFormerLifeDoNotCount(int seed) => Simulated.Run(seed, network =>
    {
        Shapes.Line(network, 5);
        CallTests.Converge(network);
        SimulatedAgent middle = network.Agents[2];
        SimulatedAgent behind = network.Agents[3];
        middle.Crash();
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));

        // The one behind it is late: it tries again only after a pause.
        network.Partition((one, other) => one != behind || other != middle);
        middle.SetNodesOfNextLife([Shapes.Node("of-this-life")]);
        middle.Boot();
        for (TimeSpan end = network.Clock.Now + TimeSpan.FromSeconds(4); network.Clock.Now < end;)
        {
            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMilliseconds(1));
            Assert.All(network.Agents.Take(2), agent =>
            {
                Assert.False(agent.Machine!.Paths.ContainsKey("a003"), $"{agent.Id} sees a way to a003 by way of a002, which has no link there");
                Assert.DoesNotContain(agent.Machine.Documents, document => document.Nodes.Any(node => node.Name == "n2"));
            });
        }

        Assert.Null(network.Agents[0].Machine!.RouteTo("of-this-life", network.Agents[0].Time).Error);
        network.Heal();
        CallWheneverThereIsAWay(network);
    });

    /// <summary>The end of a line had started with a fast clock, which was set right while it ran. It and its only neighbour are killed and come back; the other end remembers.</summary>
    [Theory]
    [InlineData(401, 3)]
    [InlineData(402, 3)]
    [InlineData(403, 4)]
    [InlineData(404, 5)]
    public void BothAreBack_ClockWasSetBack_WhoIsBehindHearsOfTheNewLifeSoon(int seed, int count) => Simulated.Run(seed, network =>
    {
        for (int i = 0; i < count; i++)
        {
            int number = i;
            network.Add(Shapes.Name(i), setup =>
            {
                setup.Peers = number == 0 ? [] : [Shapes.Name(number - 1)];
                setup.Nodes = [Shapes.Node($"n{number}")];
                setup.Options.WantedOutbound = 0;
            });
        }

        SimulatedAgent end = network.Agents[0];
        end.Skew = TimeSpan.FromMinutes(30);
        end.Boot();
        end.Skew = TimeSpan.Zero;
        network.Agents.Skip(1).ToList().ForEach(agent => agent.Boot());
        CallTests.Converge(network);

        end.Crash();
        network.Agents.Skip(1).Take(count - 2).ToList().ForEach(agent => agent.Crash());
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));
        network.Agents.Take(count - 1).ToList().ForEach(agent => agent.Boot());
        TimeSpan back = network.Clock.Now;
        SimulatedAgent other = network.Agents[^1];
        while (other.Machine!.RouteTo("n0", other.Time).Error is not null && network.Clock.Now < back + TimeSpan.FromMinutes(5))
        {
            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMilliseconds(50));
        }

        TimeSpan linked = other.Machine!.Links.Min(link => link.Since);
        log.WriteLine($"back after {network.Clock.Now - back}, {network.Clock.Now - linked} after it has a link");
        Assert.InRange(network.Clock.Now - linked, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    });

    /// <summary>A line is cut in silence until one of its ends has given the link up and the other has not, and mended.</summary>
    [Theory]
    [InlineData(311, 8, 30)]
    [InlineData(312, 30, 8)]
    [InlineData(313, 8, 8)]
    public void LineIsMended_WhatWasUnderWayShowsNoLife(int seed, int patienceHere, int patienceThere) => Simulated.Run(seed, network =>
    {
        Shapes.Line(network, 3, (i, setup) =>
        {
            setup.Options.KeepAliveIdle = TimeSpan.FromSeconds(1);
            setup.Options.KeepAliveAnswer = TimeSpan.FromSeconds(i == 0 ? patienceHere : patienceThere);
        });
        CallTests.Converge(network);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(3));

        network.CutInSilence((one, other) => (one.Id, other.Id) is not (("a000", "a001") or ("a001", "a000")));
        network.Agents[0].SetNodes([Shapes.Node("n0"), Shapes.Node("born-apart")]);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(12));
        Assert.Empty(network.Agents[0].Machine!.Paths);
        Assert.False(network.Agents[2].Machine!.Paths.ContainsKey("a000"));
        network.Heal();

        CallWheneverThereIsAWay(network);
        log.WriteLine($"links ended: {string.Join(", ", network.Agents.SelectMany(agent => agent.Notices).Where(notice => notice.Name == "link_ended").Select(notice => $"{notice.Peer}: {notice.Reason}"))}");
        Invariants.CheckAnswers(network);
    });

    /// <summary>Each calls each other one's first node, again and again, as long as it sees a way: none of the calls may meet one that is not there.</summary>
    private static void CallWheneverThereIsAWay(SimulatedNetwork network)
    {
        (SimulatedAgent From, SimulatedAgent To)[] pairs = [.. network.Agents.SelectMany(from => network.Agents.Where(to => to != from).Select(to => (from, to)))];
        List<(SimulatedAgent From, long Request, string To)> calls = [];
        for (int i = 0; i < 4000; i++)
        {
            foreach ((SimulatedAgent from, SimulatedAgent to) in pairs)
            {
                string node = $"{to.Nodes[0].Name}@{to.Id}";
                if (from.Machine!.RouteTo(node, from.Time).Error is null)
                {
                    calls.Add((from, from.Hub.Call(node, $"net-{from.Id}-{to.Id}-{i}"), to.Id));
                }
            }

            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMilliseconds(5));
        }

        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(6));
        Assert.All(pairs, pair => Assert.Contains(calls, call => (call.From, call.To) == (pair.From, pair.To.Id)));
        Assert.All(calls, call => Assert.True(call.From.Hub.AnswerOf(call.Request)!.Error is null, $"{call.From.Id} to {call.To}: {call.From.Hub.AnswerOf(call.Request)!.Error}"));
    }
}
