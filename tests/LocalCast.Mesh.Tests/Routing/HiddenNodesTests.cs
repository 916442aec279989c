using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

/// <summary>An agent whose nodes are not told to others.</summary>
public sealed class HiddenNodesTests
{
    private readonly MeshPair _mesh = new(isHidden: true);

    public HiddenNodesTests()
    {
        _mesh.Join("a", [new NodeDescription { Name = "far", State = "Ready" }]);
        _mesh.Act(m => m.SetNodes([new NodeDescription { Name = "near", State = "Ready", Topics = ["news"], UptimeMs = 5 }], _mesh.Time));
        _mesh.Pass(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Document_HasNoneOfThem_AndDoesNotChangeWithThem()
    {
        ulong before = Own().Seq;

        _mesh.Act(m => m.SetNodes([new NodeDescription { Name = "another" }], _mesh.Time));
        _mesh.Pass(TimeSpan.FromSeconds(1));

        Assert.Empty(Own().Nodes);
        Assert.Equal(before, Own().Seq);

        AgentDocument Own() => _mesh.Machine.Documents.First();
    }

    [Fact]
    public void Require_OfBoth_IsAnswered()
    {
        _mesh.Act(m => m.Require(1, ["near", "far"], _mesh.Now + TimeSpan.FromSeconds(5), _mesh.Time));

        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
    }

    [Fact]
    public void RouteTo_OneOfThem_IsHere() => Assert.True(_mesh.Machine.RouteTo("near", _mesh.Time).IsHere);

    [Fact]
    public void Ping_OfAll_AsksNone()
    {
        var ping = new Envelope { Type = MessageType.Ping, Id = "p", From = "x@a", Ttl = 10, Route = ["a"], Headers = new Dictionary<string, string> { ["mesh-to"] = "me" } };
        _mesh.Say("a", ping);

        Assert.Empty(_mesh.Of<DeliverPing>());
        Assert.Empty(_mesh.TakeAll("a"));
    }

    [Fact]
    public void Ping_OfOne_IsForbidden()
    {
        _mesh.Say("a", new Envelope { Type = MessageType.Ping, Id = "p", From = "x@a", To = "near@me", Ttl = 10, Route = ["a"] });

        Envelope refused = Assert.Single(_mesh.TakeAll("a"));
        Assert.Equal((MessageType.Ack, "x@a", "p", LocalCastError.Forbidden), (refused.Type, refused.To, refused.ReplyTo, refused.Error!.Code));
        Assert.Empty(_mesh.Of<DeliverPing>());
    }
}
