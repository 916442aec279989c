using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

/// <summary>Participants wait for thousands of names: no single event looks at all of them, and all have their turn.</summary>
public sealed class RequirementTurnsTests
{
    private const int Waiting = 100;
    private const int Names = 256;
    private static readonly NodeDescription _late = new() { Name = "late" };
    private static readonly NodeDescription[] _nodes = [.. Enumerable.Range(0, Names - 1).Select(i => new NodeDescription { Name = $"node-{i}" })];
    private readonly MeshPair _mesh = new();

    [Fact]
    public void Node_ThatAllMissedComes_AllAreAnsweredOneAfterTheOther()
    {
        _mesh.Join("a", _nodes);
        RequireMany(freshness: null);

        _mesh.Act(m => m.SetNodes([_late], _mesh.Time));

        AssertAllAreToldInParts(LocalCastError.NodeNotReady, isError: false);
    }

    [Fact]
    public void Deadline_OfAllAtOnce_AllAreToldOneAfterTheOther()
    {
        RequireMany(freshness: null);

        _mesh.PassTo(TimeSpan.FromSeconds(3));

        AssertAllAreToldInParts(LocalCastError.NodeNotReady, isError: true);
    }

    [Fact]
    public void Deadline_OfAllThatWantFreshAnswers_AllAreToldOneAfterTheOther()
    {
        _mesh.Join("a", _nodes);
        RequireMany(freshness: TimeSpan.FromSeconds(1));

        _mesh.PassTo(_mesh.Now + TimeSpan.FromSeconds(3));

        AssertAllAreToldInParts(LocalCastError.NodeNotReady, isError: true);
    }

    [Fact]
    public void Node_OfTheLastOfMany_IsFoundWhenItsTurnComes()
    {
        RequireMany(freshness: null);
        _mesh.Act(m => m.Require(1000, ["late"], _mesh.Now + TimeSpan.FromSeconds(3), _mesh.Time));

        _mesh.Join("b", [_late]);

        Assert.Equal(1000, Assert.Single(_mesh.Of<AnswerRequest>()).Request);
    }

    [Fact]
    public void Cancelled_WhileOthersWait_TheseAreAnsweredAndThatOneIsNot()
    {
        _mesh.Join("a", _nodes);
        RequireMany(freshness: null);

        _mesh.Act(m => m.SetNodes([_late], _mesh.Time));
        _mesh.Act(m => m.Cancel(Waiting - 1, _mesh.Time));
        _mesh.Pass(TimeSpan.FromSeconds(5));

        Assert.Equal(Enumerable.Range(0, Waiting - 1).Select(i => (long)i), _mesh.Of<AnswerRequest>().Select(answer => answer.Request).Order());
    }

    private void RequireMany(TimeSpan? freshness)
    {
        string[] names = [.. _nodes.Append(_late).Select(node => node.Name)];
        for (int i = 0; i < Waiting; i++)
        {
            _mesh.Act(m => m.Require(i, names, _mesh.Now + TimeSpan.FromSeconds(3), freshness, _mesh.Time));
        }

        Assert.Empty(_mesh.Of<AnswerRequest>());
    }

    private void AssertAllAreToldInParts(LocalCastError code, bool isError)
    {
        Assert.InRange(_mesh.Of<AnswerRequest>().Length, 1, Waiting / 10);
        while (_mesh.Machine.NextDue <= _mesh.Now)
        {
            _mesh.Pass(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal(Enumerable.Range(0, Waiting).Select(i => (long)i), _mesh.Of<AnswerRequest>().Select(answer => answer.Request).Order());
        Assert.All(_mesh.Of<AnswerRequest>(), answer => Assert.Equal(isError ? code : null, answer.Answer.Error?.Code));
    }
}
