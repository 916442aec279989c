using LocalCast.Protocol;
using Xunit.Abstractions;

namespace LocalCast.Simulation;

public sealed class ChurnTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    public void EverythingAtOnce_NoCallIsLostOrDoubled_AndAllAgreeAfterwards(int seed) => Simulated.Run(seed, network =>
    {
        Shapes.Random(network, 24, 6, (_, setup) => setup.Skew = TimeSpan.FromSeconds(network.Random.Next(-4, 5)));
        CallTests.Converge(network);
        var load = new Load(network);
        for (int round = 0; round < 8; round++)
        {
            Disturb(network, round);
            load.Run(TimeSpan.FromSeconds(3));
        }

        network.Heal();
        foreach (SimulatedAgent agent in network.Agents.Where(agent => agent.Machine is null))
        {
            agent.Boot();
        }

        // Pauses of configured peers end after a minute.
        TimeSpan? took = network.Clock.RunUntil(() => network.HaveConverged(), TimeSpan.FromSeconds(70));
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(15));

        (int succeeded, int failed) = Invariants.CheckAnswers(network);
        log.WriteLine($"{succeeded} succeeded, {failed} failed; agreed after {took}");
        Assert.True(took is not null, Shapes.Describe(network));
        Assert.True(succeeded > failed, $"{succeeded} succeeded, {failed} failed");
        Invariants.CheckDeliveries(network);
        Invariants.CheckQuiet(network);
        CheckEvery(network);
    });

    [Theory]
    [InlineData(40, 41)]
    public void Partition_Heals_AllAgreeWithinFiveSeconds(int count, int seed) => Simulated.Run(seed, network =>
    {
        Shapes.Random(network, count, 8);
        CallTests.Converge(network);
        HashSet<SimulatedAgent> left = [.. network.Agents.Take(count / 2)];
        network.Partition((a, b) => left.Contains(a) == left.Contains(b));
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(3));
        Assert.True(network.HaveConverged(left), Shapes.Describe(network));
        Assert.All(left, agent => Assert.Equal((count / 2) - 1, agent.Machine!.Paths.Count));

        network.Heal();
        TimeSpan? took = network.Clock.RunUntil(() => network.HaveConverged(), TimeSpan.FromSeconds(5));

        log.WriteLine($"agreed after {took}");
        Assert.True(took is not null, Shapes.Describe(network));
    });

    [Fact]
    public void Restart_WithTheClockSetBack_IsStillHeard() => Simulated.Run(51, network =>
    {
        Shapes.Line(network, 4, (i, setup) => setup.Skew = i == 3 ? TimeSpan.FromSeconds(8) : TimeSpan.Zero);
        CallTests.Converge(network);

        network.Agents[3].Crash();
        network.Agents[3].Skew = TimeSpan.FromSeconds(-8);
        network.Agents[3].Boot();
        network.Agents[3].SetNodes([Shapes.Node("fresh")]);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(5));

        Assert.True(network.HaveConverged(), Shapes.Describe(network));
        Assert.Contains(network.Agents[0].Machine!.Documents, document => document.Nodes.Any(node => node.Name == "fresh"));
    });

    [Fact]
    public void Leave_IsKnownEverywhereAtOnce_AndDisturbsNoOther() => Simulated.Run(52, network =>
    {
        Shapes.Ring(network, 6);
        CallTests.Converge(network);

        network.Agents[2].Leave();
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));

        Assert.True(network.HaveConverged(), Shapes.Describe(network));
        Assert.DoesNotContain(network.Agents[0].Machine!.Documents, document => document.Id == network.Agents[2].Id);
    });

    [Fact]
    public void SilentPeer_IsClosedAfterEightySeconds() => Simulated.Run(53, network =>
    {
        Shapes.Line(network, 2);
        CallTests.Converge(network);
        TimeSpan begin = network.Clock.Now;
        network.Links[0].FallSilent();

        TimeSpan? took = network.Clock.RunUntil(() => network.Agents[1].Machine!.Paths.Count == 0, TimeSpan.FromSeconds(120));

        Assert.InRange(took!.Value, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(85));
    });

    [Fact]
    public void AtRest_StateTrafficOfAnAgentIsADigestPerLink() => Simulated.Run(54, network =>
    {
        Shapes.Ring(network, 10);
        CallTests.Converge(network);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(5));
        network.Traffic.Clear();

        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMinutes(10));

        Assert.False(network.Traffic.ContainsKey(MessageType.State));
        Assert.False(network.Traffic.ContainsKey(MessageType.StateRequest));

        // 20 ends of links, one digest in 30 s each, below 100 bytes.
        Assert.InRange(network.Traffic[MessageType.StateSeq], 1, 20 * 20 * 100);
    });

    [Fact]
    public void SameSeed_SameRun() => Assert.Equal(Fingerprint(61), Fingerprint(61));

    private static string Fingerprint(int seed)
    {
        var network = new SimulatedNetwork(seed);
        Shapes.Random(network, 12, 4);
        var load = new Load(network);
        load.Run(TimeSpan.FromSeconds(2));
        Disturb(network, 1);
        load.Run(TimeSpan.FromSeconds(2));
        return $"{network.Clock.Steps} {string.Join(',', network.Traffic)} {string.Join(',', network.Agents.Select(agent => agent.Hub.Executed.Count))}";
    }

    private static void Disturb(SimulatedNetwork network, int round)
    {
        SimulatedAgent victim = network.Agents[network.Random.Next(network.Agents.Count)];
        switch (round % 4)
        {
            case 0 when victim.Machine is not null:
                victim.Crash();
                network.Clock.After(TimeSpan.FromMilliseconds(network.Random.Next(10, 3000)), () =>
                {
                    if (victim.Machine is null)
                    {
                        victim.Boot();
                    }
                });
                break;
            case 1:
                HashSet<SimulatedAgent> some = [.. network.Agents.Where(_ => network.Random.Next(2) == 0)];
                network.Partition((a, b) => some.Contains(a) == some.Contains(b));
                break;
            case 2:
                network.Heal();
                break;
            default:
                foreach (SimulatedLink link in network.Links.Where(_ => network.Random.Next(4) == 0).ToArray())
                {
                    link.Break(TimeSpan.FromMilliseconds(network.Random.Next(1, 300)));
                }

                break;
        }
    }

    /// <summary>After everything: a publication to every node reaches every agent once.</summary>
    private static void CheckEvery(SimulatedNetwork network)
    {
        network.Agents[0].Hub.Publish("last.word", PublishMode.Every, "net-last");
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(2));
        Assert.All(network.Agents.Skip(1), agent => Assert.Single(agent.Hub.Published, item => item.Mark == "net-last"));
    }

    /// <summary>Calls and publications by chance.</summary>
    private sealed class Load(SimulatedNetwork network)
    {
        private int _lastMark;

        public void Run(TimeSpan time)
        {
            TimeSpan end = network.Clock.Now + time;
            while (network.Clock.Now < end)
            {
                network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMilliseconds(network.Random.Next(5, 30)));
                SimulatedAgent from = network.Agents[network.Random.Next(network.Agents.Count)];
                if (from.Machine is not null)
                {
                    Ask(from, $"net-{++_lastMark}");
                }
            }
        }

        private void Ask(SimulatedAgent from, string mark)
        {
            int to = network.Random.Next(network.Agents.Count);
            switch (network.Random.Next(6))
            {
                case 0:
                    from.Hub.Publish("sensors.x", PublishMode.One, mark);
                    break;
                case 1:
                    from.Hub.Publish("sensors.x", PublishMode.All, mark);
                    break;
                case 2:
                    from.Hub.Call("echo", mark);
                    break;
                default:
                    from.Hub.Call($"n{to}@{Shapes.Name(to)}", mark);
                    break;
            }
        }
    }
}
