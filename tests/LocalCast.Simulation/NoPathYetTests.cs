using LocalCast.Mesh;
using LocalCast.Protocol;
using Xunit.Abstractions;

namespace LocalCast.Simulation;

/// <summary>What a flood would be for: calls to an agent of which no path is known yet. See docs/decisions/0020.</summary>
public sealed class NoPathYetTests(ITestOutputHelper log)
{
    /// <summary>Whoever joins can be called by everybody from the moment on at which a flood could reach it: when its link is open.</summary>
    [Theory]
    [InlineData(101, 8, true)]
    [InlineData(102, 60, false)]
    public void CallsToAnAgentThatJustJoined_AllSucceedOnceAndOverItsPathOnly(int seed, int count, bool isLine) => Simulated.Run(seed, network =>
    {
        if (isLine)
        {
            Shapes.Line(network, count, ForgetSoon);
        }
        else
        {
            Shapes.Random(network, count, 8, ForgetSoon);
        }

        SimulatedAgent joiner = network.Agents[^1];
        joiner.Crash();
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(10));
        Assert.DoesNotContain(network.Agents[0].Machine!.Documents, document => document.Id == joiner.Id);

        // Another start, so nothing that is remembered helps; callers everywhere call from before it has a link.
        joiner.Boot();
        List<(SimulatedAgent From, long Request, bool IsAfterItsLink)> calls = [];
        for (int i = 0; i < 100; i++)
        {
            bool isLinked = joiner.Machine!.Links.Any(link => link.Stage == LinkStage.Open);
            SimulatedAgent from = network.Agents[isLine ? 0 : network.Random.Next(count - 1)];
            calls.Add((from, from.Hub.Call($"n@{joiner.Id}", $"net-{i}"), isLinked));
            network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromMilliseconds(20));
        }

        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(10));

        TimeSpan slowest = calls.Where(call => call.IsAfterItsLink).Max(call => call.From.Hub.Requests[call.Request].AnsweredAt - call.From.Hub.Requests[call.Request].At);
        log.WriteLine($"slowest call after its link was open: {slowest}");
        Assert.Contains(calls, call => !call.IsAfterItsLink);
        Assert.All(calls.Where(call => call.IsAfterItsLink), call => Assert.Null(call.From.Hub.AnswerOf(call.Request)!.Error));
        Assert.All(calls, call => Assert.InRange(call.From.Hub.Requests[call.Request].AnsweredAt - call.From.Hub.Requests[call.Request].At, TimeSpan.Zero, TimeSpan.FromSeconds(1.5)));
        Invariants.CheckAnswers(network);
        Invariants.CheckQuiet(network);
    });

    private static void ForgetSoon(int number, SimulatedAgentSetup setup) => setup.Options.KeepUnreachable = TimeSpan.FromSeconds(2);

    /// <summary>A flood would send each of these over every link, about 240 messages a call, to find out the same.</summary>
    [Fact]
    public void CallsToNobody_SendNothing_AndSayWhyWithinASecond() => Simulated.Run(103, network =>
    {
        Shapes.Random(network, 60, 8);
        CallTests.Converge(network);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(2));
        network.Traffic.Clear();
        for (int i = 0; i < 100; i++)
        {
            network.Agents[i % 60].Hub.Call("n@nowhere", $"net-{i}");
        }

        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));

        Assert.Equal((0, 100), Invariants.CheckAnswers(network));
        Assert.All(network.Agents.SelectMany(agent => agent.Hub.Requests.Values), asked => Assert.Equal(LocalCastError.NoRoute, asked.Answers[0].Error!.Code));
        Assert.False(network.Traffic.ContainsKey(MessageType.Call));
    });
}
