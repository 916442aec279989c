using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

/// <summary>A neighbour was killed and is back: what it told of itself before is no more true, and what it tells now is not there yet.</summary>
public sealed class FormerLifeTests
{
    private static readonly NodeDescription _worker = new() { Name = "worker", Role = "node", State = "Ready" };
    private readonly MeshPair _mesh = new();

    [Fact]
    public void NeighbourIsBack_ItsNodesAndWaysOfBeforeDoNotCountUntilItHasToldOfItself()
    {
        ComeBack();

        Assert.Equal(LocalCastError.NoRoute, _mesh.Machine.RouteTo("worker", _mesh.Time).Error!.Code);
        Assert.Equal(LocalCastError.NoRoute, _mesh.Machine.RouteTo("far", _mesh.Time).Error!.Code);
        Assert.Contains("what it tells of itself now is not here yet", _mesh.Machine.RouteTo("worker@c", _mesh.Time).Error!.Message, StringComparison.Ordinal);
        Assert.Empty(_mesh.Of<AgentChanged>()); // nobody here is told that it has arrived

        _mesh.SayDocument("c", Document(born: 2, seq: 1, "me") with { Boot = 2 });
        _mesh.Pass(TimeSpan.FromMilliseconds(100));

        Assert.Null(_mesh.Machine.RouteTo("worker@c", _mesh.Time).Error);
        Assert.Equal(LocalCastError.NoRoute, _mesh.Machine.RouteTo("far", _mesh.Time).Error!.Code);
        Assert.Equal(2ul, _mesh.Of<AgentChanged>()[^1].Document!.Born);
    }

    [Fact]
    public void NeighbourIsBack_RequireWaitsForItsNodesOfThisLife()
    {
        ComeBack();

        _mesh.Act(m => m.Require(1, ["worker"], _mesh.Now + TimeSpan.FromSeconds(20), _mesh.Time));
        _mesh.Pass(TimeSpan.FromSeconds(1));
        Assert.Empty(_mesh.Of<AnswerRequest>());

        _mesh.SayDocument("c", Document(born: 2, seq: 1, "me") with { Boot = 2 });
        _mesh.Pass(TimeSpan.FromMilliseconds(100));
        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
    }

    /// <summary>Others may have a later version of what it told before than this agent had.</summary>
    [Fact]
    public void NeighbourIsBack_ItsOldDocumentComesAgainFromElsewhere_DoesNotCount()
    {
        ComeBack();

        _mesh.SayDocument("c", Document(born: 1, seq: 9, "me", "d"));
        _mesh.Pass(TimeSpan.FromMilliseconds(100));

        Assert.Equal(LocalCastError.NoRoute, _mesh.Machine.RouteTo("worker", _mesh.Time).Error!.Code);
    }

    /// <summary>Whoever it is now: it can be answered and asked.</summary>
    [Fact]
    public void NeighbourIsBack_ACallToItIsSent()
    {
        ComeBack();

        _mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "worker@c", From = "x" }, _mesh.Time));

        Assert.Equal("worker@c", Assert.Single(_mesh.TakeAll("c")).To);
    }

    /// <summary>A document of another life of a neighbour comes from elsewhere while the neighbour is known: its nodes are nowhere.</summary>
    [Fact]
    public void KnownNeighbour_DocumentOfAnotherLifeComes_NobodyHereIsToldOfItsNodes()
    {
        var mesh = new MeshPair();
        mesh.Join("d");
        mesh.Greet("c", born: 2);
        mesh.SayDocument("c", MeshTrafficTests.Document("c", "me") with { Seq = 1, Born = 2 });
        mesh.Pass(TimeSpan.FromSeconds(1));
        mesh.SayDocument("d", MeshTrafficTests.Document("d", "me", "e") with { Seq = 2 }, MeshTrafficTests.Document("e", "d")); // the paths have just been computed
        mesh.Effects.Clear();

        mesh.SayDocument("d", MeshTrafficTests.Document("c", "d") with { Seq = 9, Born = 1, Nodes = [_worker] });
        mesh.Act(m => m.Require(7, ["worker"], mesh.Now + TimeSpan.FromSeconds(20), mesh.Time));
        mesh.Pass(TimeSpan.FromMilliseconds(200));

        Assert.DoesNotContain(mesh.Of<AgentChanged>(), change => change.Agent == "c" && change.Document is not null);
        Assert.Empty(mesh.Of<AnswerRequest>());
    }

    /// <summary>me - c - d; then c is killed, and dials again.</summary>
    private void ComeBack()
    {
        _mesh.Greet("c", born: 1);
        _mesh.SayDocument("c", Document(born: 1, seq: 1, "me", "d"), MeshTrafficTests.Document("d", "c") with { Nodes = [_worker with { Name = "far" }] });
        _mesh.Pass(TimeSpan.FromSeconds(1));
        Assert.Null(_mesh.Machine.RouteTo("worker", _mesh.Time).Error);
        Assert.Null(_mesh.Machine.RouteTo("far", _mesh.Time).Error);
        _mesh.End("c");
        _mesh.Effects.Clear();
        _mesh.Greet("c", born: 2);
        _mesh.Pass(TimeSpan.FromSeconds(1));
        _mesh.TakeAll("c");
    }

    private static AgentDocument Document(ulong born, ulong seq, params string[] neighbours) =>
        MeshTrafficTests.Document("c", neighbours) with { Seq = seq, Born = born, Nodes = [_worker] };
}
