using LocalCast.Protocol;

namespace LocalCast.Simulation;

public sealed class CallTests
{
    [Fact]
    public void Line_Call_PassesThreeLinksAndIsExecutedOnlyAtItsEnd() => Simulated.Run(11, network =>
    {
        Shapes.Line(network, 4);
        Converge(network);

        long request = network.Agents[0].Hub.Call("n3", "net-1");
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));

        Assert.Null(network.Agents[0].Hub.AnswerOf(request)!.Error);
        Assert.Equal([0, 0, 0, 1], network.Agents.Select(agent => agent.Hub.Executed.Count));
        Invariants.CheckAnswers(network);
        Invariants.CheckQuiet(network);
    });

    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(2, 3, false)]
    [InlineData(10, 10, true)]
    [InlineData(10, 11, false)]
    public void Ttl_SoManyLinksAndNoMore_AndTheCallerHearsOfIt(byte ttl, int links, bool reaches) => Simulated.Run(12, network =>
    {
        Shapes.Line(network, links + 1, (_, setup) => setup.Options.Ttl = ttl);
        Converge(network);

        long request = network.Agents[0].Hub.Call($"n{links}", "net-1");
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));

        Assert.Equal(reaches ? null : LocalCastError.TtlExpired, network.Agents[0].Hub.AnswerOf(request)!.Error?.Code);
    });

    [Fact]
    public void UnknownNodeOrAgent_FailsWithinASecond() => Simulated.Run(13, network =>
    {
        Shapes.Line(network, 3);
        Converge(network);

        long node = network.Agents[0].Hub.Call("nobody", "net-1");
        long agent = network.Agents[0].Hub.Call("n1@nowhere", "net-2");
        long nodeThere = network.Agents[0].Hub.Call("nobody@a001", "net-3");
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));

        Assert.Equal(LocalCastError.NodeNotFound, network.Agents[0].Hub.AnswerOf(node)!.Error!.Code);
        Assert.Equal(LocalCastError.NoRoute, network.Agents[0].Hub.AnswerOf(agent)!.Error!.Code);

        // Which nodes there are is the hub's business; the hub of the simulation serves any name.
        Assert.NotNull(network.Agents[0].Hub.AnswerOf(nodeThere));
    });

    [Fact]
    public void Leaf_BetweenTwoParts_LinksNeitherWithTheOther() => Simulated.Run(19, network =>
    {
        Shapes.Line(network, 5, (i, setup) => setup.IsLeaf = i == 2);
        network.Clock.RunUntil(TimeSpan.FromSeconds(5));
        SimulatedAgent leaf = network.Agents[2];

        long far = network.Agents[0].Hub.Call("n4@a004", "net-far");
        long toLeaf = network.Agents[0].Hub.Call("n2", "net-to");
        long left = leaf.Hub.Call("n0", "net-left");
        long right = leaf.Hub.Call("n4", "net-right");
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(2));

        Assert.Equal(LocalCastError.NoRoute, network.Agents[0].Hub.AnswerOf(far)!.Error!.Code);
        Assert.Null(network.Agents[0].Hub.AnswerOf(toLeaf)!.Error);
        Assert.Null(leaf.Hub.AnswerOf(left)!.Error);
        Assert.Null(leaf.Hub.AnswerOf(right)!.Error);
        Assert.Equal(["a000", "a001", "a002"], network.Agents[0].Machine!.Documents.Select(document => document.Id).Order());
    });

    [Fact]
    public void SameNameOnMany_TheNearestIsCalled() => Simulated.Run(14, network =>
    {
        Shapes.Line(network, 6);
        network.Agents[0].SetNodes([Shapes.Node("n0")]);
        Converge(network);

        network.Agents[0].Hub.Call("echo", "net-1");
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));

        Assert.Single(network.Agents[1].Hub.Executed);
    });

    [Fact]
    public void LinkEndsDuringACall_TheCallerHearsOfItAtOnce() => Simulated.Run(15, network =>
    {
        Shapes.Line(network, 4);
        Converge(network);
        network.Agents[3].Hub.Work = () => TimeSpan.FromSeconds(20);

        long request = network.Agents[0].Hub.Call("n3", "net-1", deadlineMs: 30_000);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));
        Assert.Null(network.Agents[0].Hub.AnswerOf(request));
        network.Agents[3].Crash();
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1));

        Assert.Equal(LocalCastError.Disconnected, network.Agents[0].Hub.AnswerOf(request)!.Error!.Code);
        Invariants.CheckAnswers(network);
    });

    [Fact]
    public void Deadline_PassesUnanswered_IsTimeoutAndTheCalleeIsCancelled() => Simulated.Run(16, network =>
    {
        Shapes.Line(network, 3);
        Converge(network);
        network.Agents[2].Hub.Work = () => TimeSpan.FromSeconds(3);

        long request = network.Agents[0].Hub.Call("n2", "net-1", deadlineMs: 1000);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(1.5));

        SimulatedHub.Asked asked = network.Agents[0].Hub.Requests[request];
        Assert.Equal(LocalCastError.Timeout, asked.Answers.Single().Error!.Code);
        Assert.InRange(asked.AnsweredAt - asked.At, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.2));
        Assert.Equal(1, network.Agents[2].Hub.Cancelled);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(10));
        Invariants.CheckAnswers(network);
        Invariants.CheckQuiet(network);
    });

    [Fact]
    public void Cancel_TravelsToTheCallee() => Simulated.Run(17, network =>
    {
        Shapes.Line(network, 3);
        Converge(network);
        network.Agents[2].Hub.Work = () => TimeSpan.FromSeconds(3);
        long request = network.Agents[0].Hub.Call("n2", "net-1");
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(0.5));

        network.Agents[0].Hub.Cancel(request);
        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(0.5));

        Assert.Equal(LocalCastError.Cancelled, network.Agents[0].Hub.AnswerOf(request)!.Error!.Code);
        Assert.Equal(1, network.Agents[2].Hub.Cancelled);
    });

    [Fact]
    public void ThousandCallsOverOneLink_AllGetTheirOwnAnswer() => Simulated.Run(18, network =>
    {
        Shapes.Line(network, 2);
        Converge(network);
        for (int i = 0; i < 1000; i++)
        {
            network.Agents[0].Hub.Call("n1", $"net-{i}");
        }

        network.Clock.RunUntil(network.Clock.Now + TimeSpan.FromSeconds(5));

        Assert.Equal((1000, 0), Invariants.CheckAnswers(network));
        Invariants.CheckQuiet(network);
    });

    internal static void Converge(SimulatedNetwork network) =>
        Assert.True(network.Clock.RunUntil(() => network.HaveConverged(), TimeSpan.FromSeconds(10)) is not null, Shapes.Describe(network));
}
