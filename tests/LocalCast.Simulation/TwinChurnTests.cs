using Xunit.Abstractions;

namespace LocalCast.Simulation;

/// <summary>Agents with one id where there are partitions, crashes and restarts besides.</summary>
public sealed class TwinChurnTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData(211)]
    [InlineData(212)]
    [InlineData(213)]
    public void HalvesOfAPartition_EachWithOne_TheYoungerLeavesWhenTheyMeet(int seed) => Simulated.Run(seed, network =>
    {
        Shapes.Random(network, 20, 6);
        CallTests.Converge(network);
        HashSet<SimulatedAgent> left = [.. network.Agents.Take(10)];
        network.Partition((a, b) => left.Contains(a) == left.Contains(b));
        SimulatedAgent elder = Twins.Add(network, "one", [Shapes.Name(2), Shapes.Name(4)]);
        left.Add(elder);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(20));
        SimulatedAgent younger = Twins.Add(network, "other", [Shapes.Name(13), Shapes.Name(17)]);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(20));
        Assert.False(Twins.IsAway(elder) || Twins.IsAway(younger));

        network.Heal();
        TimeSpan took = Twins.Settle(network, TimeSpan.FromSeconds(90)); // configured peers are dialled again within a minute

        log.WriteLine($"settled {took} after the partition healed");
        Assert.Same(elder, Twins.Linked(network));
        Twins.CallFromAll(network);
    });

    [Theory]
    [InlineData(221, 2)]
    [InlineData(222, 2)]
    [InlineData(223, 3)]
    [InlineData(224, 3)]
    [InlineData(225, 3)]
    public void AnyMesh_PartitionsAndRestarts_InTheEndOneOfThemIsIn(int seed, int twins) => Simulated.Run(seed, network =>
    {
        Shapes.Random(network, 24, 6, (_, setup) => setup.Skew = TimeSpan.FromSeconds(network.Random.Next(-4, 5)));
        CallTests.Converge(network);
        int[] places = [.. Enumerable.Range(0, 24)];
        network.Random.Shuffle(places);
        for (int i = 0; i < twins; i++)
        {
            Twins.Add(network, $"t{i}", [Shapes.Name(places[2 * i]), Shapes.Name(places[(2 * i) + 1])], setup => setup.Skew = TimeSpan.FromSeconds(network.Random.Next(-4, 5)));
            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(network.Random.NextDouble() * 4));
        }

        for (int round = 0; round < 6; round++)
        {
            Disturb(network, round);
            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1 + (network.Random.NextDouble() * 10)));
        }

        network.Heal();
        foreach (SimulatedAgent agent in network.Agents.Where(agent => agent.Machine is null))
        {
            agent.Boot();
        }

        // Pauses of peers end after a minute; whoever is away because of one that crashed meanwhile comes back within four.
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMinutes(2));
        TimeSpan took = Twins.Settle(network, TimeSpan.FromMinutes(6));
        double quiet = Twins.ShareOfQuiet(network, TimeSpan.FromMinutes(5));
        log.WriteLine($"settled after {took}, quiet for {quiet:P1} of the time then");
        Assert.InRange(quiet, 0.97, 1);
        Twins.Settle(network, TimeSpan.FromSeconds(15));
        Twins.CallFromAll(network);
        Invariants.CheckAnswers(network);
        Invariants.CheckDeliveries(network);
    });

    [Theory]
    [InlineData(236, 8, -8)]
    [InlineData(237, 0, 0)]
    public void KilledAndRestarted_OwnFormerLifeIsNoTwin(int seed, int skewBefore, int skewAfter) => Simulated.Run(seed, network =>
    {
        Shapes.Random(network, 16, 6, (i, setup) => setup.Skew = TimeSpan.FromSeconds(i == 7 ? skewBefore : 0));
        CallTests.Converge(network);
        for (int i = 0; i < 5; i++)
        {
            network.Agents[7].Crash();
            network.Agents[7].Skew = TimeSpan.FromSeconds(i % 2 == 0 ? skewAfter : skewBefore);
            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMilliseconds(network.Random.Next(1, 3000)));
            network.Agents[7].Boot();
            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(network.Random.NextDouble() * 8));
        }

        Assert.NotNull(network.Clock.RunUntil(() => network.HaveConverged(), TimeSpan.FromSeconds(70)));
        Assert.All(network.Agents, agent => Assert.DoesNotContain(agent.Notices, notice => notice.Name == "withdrew"));
    });

    private static void Disturb(SimulatedNetwork network, int round)
    {
        SimulatedAgent[] living = [.. network.Agents.Where(agent => agent.Machine is not null)];
        SimulatedAgent[] twins = [.. living.Where(agent => agent.Id == Twins.Id)];
        switch (round % 3)
        {
            case 0:
                HashSet<SimulatedAgent> some = [.. network.Agents.Where(_ => network.Random.Next(2) == 0)];
                network.Partition((a, b) => some.Contains(a) == some.Contains(b));
                break;
            case 1:
                SimulatedAgent victim = twins.Length > 0 && network.Random.Next(2) == 0 ? twins[network.Random.Next(twins.Length)] : living[network.Random.Next(living.Length)];
                victim.Crash();
                network.Clock.After(TimeSpan.FromMilliseconds(network.Random.Next(10, 20_000)), () =>
                {
                    if (victim.Machine is null)
                    {
                        victim.Boot();
                    }
                });
                break;
            default:
                network.Heal();
                break;
        }
    }
}
