using LocalCast.Mesh;
using LocalCast.Protocol;
using Xunit.Abstractions;

namespace LocalCast.Simulation;

/// <summary>Several agents with one id that do not meet at one neighbour: the youngest leave, loudly, and everybody else goes on.</summary>
public sealed class TwinTests(ITestOutputHelper log)
{
    private static readonly TimeSpan _soon = TimeSpan.FromSeconds(15);

    [Theory]
    [InlineData(201, 4)]
    [InlineData(202, 7)]
    public void EndsOfALine_TheYoungerLeaves_AndCallsReachTheElder(int seed, int between) => Simulated.Run(seed, network =>
    {
        (SimulatedAgent elder, SimulatedAgent younger) = AtTheEndsOfALine(network, between);

        TimeSpan took = Twins.Settle(network, _soon);

        log.WriteLine($"settled after {took}");
        Assert.Same(elder, Twins.Linked(network));
        Assert.True(Twins.IsAway(younger));
        Assert.Equal(1, younger.Machine!.Events["withdrew"]);
        MeshNotice notice = Assert.Single(younger.Notices, notice => notice.Name == "withdrew");
        Assert.True(notice.IsGrave);
        Assert.Contains("--node-id", notice.Reason, StringComparison.Ordinal);
        Twins.CallFromAll(network);
        Assert.Empty(younger.Hub.Executed);
        Invariants.CheckQuiet(network);
        Invariants.CheckAnswers(network);
    });

    [Fact]
    public void Withdrawn_OwnCallsFailWithTheReason_AndPeersSayIt() => Simulated.Run(203, network =>
    {
        (_, SimulatedAgent younger) = AtTheEndsOfALine(network, 4);
        Twins.Settle(network, _soon);

        long[] requests = [younger.Hub.Call("n1@a001", "net-1"), younger.Hub.Call("n1", "net-2"), younger.Hub.Call("never-heard-of", "net-3")];

        Assert.All(requests, request => Assert.Equal(LocalCastError.DuplicateNode, younger.Hub.AnswerOf(request)!.Error!.Code)); // at once
        Assert.All(requests, request => Assert.Contains("--node-id", younger.Hub.AnswerOf(request)!.Error!.Message, StringComparison.Ordinal));
        IReadOnlyList<PeerInfo> peers = younger.Machine!.Peers(younger.Time);
        Assert.Equal((Twins.Id, PeerState.Away), (peers[0].Id, peers[0].State));
        Assert.InRange(peers[0].NextTryIn!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(75));
        Assert.Equal(PeerState.Refused, peers[1].State);
        Assert.True(peers[1].NextTryIn >= peers[0].NextTryIn);
        Assert.StartsWith("this agent is away", younger.Machine.WhyPeer(Twins.Id, younger.Time).Summary, StringComparison.Ordinal);
        Assert.Contains("--node-id", younger.Machine.WhyPeer("a001", younger.Time).Summary, StringComparison.Ordinal);
        Assert.Equal(LocalCastError.DuplicateNode, younger.Machine.RouteTo("n1", younger.Time).Error!.Code);
    });

    /// <summary>It looks whether the elder is still there, seldom, and disturbs nobody for long when it is.</summary>
    [Fact]
    public void ElderStays_TheYoungerLooksEverMoreSeldom_AndOthersAreUndisturbed() => Simulated.Run(204, network =>
    {
        (SimulatedAgent elder, SimulatedAgent younger) = AtTheEndsOfALine(network, 5);
        Twins.Settle(network, _soon);
        long told = elder.Machine!.Events.GetValueOrDefault("own_id_elsewhere");

        double quiet = Twins.ShareOfQuiet(network, TimeSpan.FromMinutes(40));

        log.WriteLine($"quiet for {quiet:P1} of the time; {younger.Machine!.Events["withdrew"]} times withdrawn, the elder rose {elder.Machine.Events["own_id_elsewhere"] - told} times more");
        Assert.InRange(younger.Machine.Events["withdrew"], 5, 9);
        Assert.Equal(younger.Machine.Events["withdrew"] - 1, younger.Machine.Events["came_back"]);
        Assert.InRange(quiet, 0.99, 1);
        Assert.InRange(elder.Machine.Events["own_id_elsewhere"] - told, 0, 5);
        Assert.False(Twins.IsAway(elder));
    });

    [Theory]
    [InlineData(205, true)]
    [InlineData(206, false)]
    public void ElderGoes_TheYoungerComesBackAndStays(int seed, bool crashes) => Simulated.Run(seed, network =>
    {
        (SimulatedAgent elder, SimulatedAgent younger) = AtTheEndsOfALine(network, 4);
        Twins.Settle(network, _soon);

        if (crashes)
        {
            elder.Crash();
        }
        else
        {
            elder.Leave();
        }

        TimeSpan took = Twins.Settle(network, TimeSpan.FromSeconds(150));

        log.WriteLine($"back after {took}");
        Assert.Same(younger, Twins.Linked(network));
        Twins.CallFromAll(network);
        Assert.Equal(1, Twins.ShareOfQuiet(network, TimeSpan.FromMinutes(5)));
    });

    [Fact]
    public void ElderGoes_PeerAdd_BringsTheYoungerBackAtOnce() => Simulated.Run(207, network =>
    {
        (SimulatedAgent elder, SimulatedAgent younger) = AtTheEndsOfALine(network, 4);
        Twins.Settle(network, _soon);
        elder.Crash();
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(2));

        younger.Act(machine => Assert.Null(machine.AddPeer(SimulatedAgent.AddressOf("a003"), younger.Time)));

        log.WriteLine($"back after {Twins.Settle(network, TimeSpan.FromSeconds(5))}");
        Assert.Same(younger, Twins.Linked(network));
    });

    /// <summary>It leaves for good in the middle of it: nobody may take that for the other one's leave.</summary>
    [Theory]
    [InlineData(208)]
    [InlineData(209)]
    [InlineData(210)]
    public void YoungerLeavesForGood_BeforeOrAfterItWithdrew_TheElderStaysKnown(int seed) => Simulated.Run(seed, network =>
    {
        (SimulatedAgent elder, SimulatedAgent younger) = AtTheEndsOfALine(network, 4);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(network.Random.NextDouble() * 6));

        younger.Leave();

        Twins.Settle(network, TimeSpan.FromSeconds(5));
        Assert.Same(elder, Twins.Linked(network));
        Assert.Equal(1, Twins.ShareOfQuiet(network, TimeSpan.FromSeconds(20)));
    });

    /// <summary>Several at once, of one millisecond even: chance decides, and all of them agree on it.</summary>
    [Theory]
    [InlineData(231)]
    [InlineData(232)]
    public void BornInTheSameMoment_OneStays(int seed) => Simulated.Run(seed, network =>
    {
        Shapes.Line(network, 6);
        Twins.Add(network, "first", [Shapes.Name(0)]);
        Twins.Add(network, "second", [Shapes.Name(3)]);
        Twins.Add(network, "third", [Shapes.Name(5)]);

        Twins.Settle(network, TimeSpan.FromSeconds(30));

        Assert.Equal(2, network.Agents.Count(Twins.IsAway));
        Assert.Equal(network.Agents.Where(agent => agent.Id == Twins.Id).Min(agent => agent.Machine!.Self.Born), Twins.Linked(network).Machine!.Self.Born);
    });

    [Fact]
    public void ElderIsALeaf_OrTheYounger_MakesNoDifference() => Simulated.Run(233, network =>
    {
        Shapes.Line(network, 4);
        SimulatedAgent elder = Twins.Add(network, "first", [Shapes.Name(0)], setup => setup.IsLeaf = true);
        CallTests.Converge(network);
        Twins.Add(network, "second", [Shapes.Name(3)], setup => setup.IsLeaf = true);

        Twins.Settle(network, _soon);

        Assert.Same(elder, Twins.Linked(network));
    });

    /// <summary>Older software does not say when it was born, and would never leave: so the other one does.</summary>
    [Theory]
    [InlineData(234, false, true)]
    [InlineData(235, true, false)]
    public void OneDoesNotSayItsBirth_TheOtherLeaves(int seed, bool elderSays, bool youngerSays) => Simulated.Run(seed, network =>
    {
        (SimulatedAgent elder, SimulatedAgent younger) = AtTheEndsOfALine(network, 4, elderSays, youngerSays);

        Twins.Settle(network, _soon);

        Assert.Same(elderSays ? younger : elder, Twins.Linked(network));
    });

    private static (SimulatedAgent Elder, SimulatedAgent Younger) AtTheEndsOfALine(SimulatedNetwork network, int between, bool elderSays = true, bool youngerSays = true)
    {
        Shapes.Line(network, between);
        SimulatedAgent elder = Twins.Add(network, "first", [Shapes.Name(0)], setup => setup.SaysBirth = elderSays);
        CallTests.Converge(network);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(5));
        SimulatedAgent younger = Twins.Add(network, "second", [Shapes.Name(between - 1)], setup => setup.SaysBirth = youngerSays);
        Assert.NotNull(network.Clock.RunUntil(() => Twins.IsLinked(younger), TimeSpan.FromSeconds(2)));
        return (elder, younger);
    }
}
