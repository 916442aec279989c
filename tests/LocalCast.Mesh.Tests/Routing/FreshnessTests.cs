using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

public sealed class FreshnessTests
{
    private static readonly NodeDescription _dns = new() { Name = "dns", State = "Ready" };
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(10);
    private readonly MeshPair _mesh = new();

    [Fact]
    public void Require_NobodyShowedItselfLately_IsAskedAndAnsweredThen()
    {
        _mesh.Join("a", [_dns]);
        Require(1, "dns");
        Envelope ping = Assert.Single(_mesh.TakeAll("a"));
        Assert.Equal(MessageType.Ping, ping.Type);
        Assert.Empty(_mesh.Of<AnswerRequest>());

        Pong("a", ping);

        Envelope answer = Assert.Single(_mesh.Of<AnswerRequest>()).Answer;
        Assert.Null(answer.Error);
        Assert.Contains("dns", Encoding.UTF8.GetString(answer.Payload.Span), StringComparison.Ordinal);
        Assert.DoesNotContain(_mesh.Of<MeshNotice>(), notice => notice.Name == "late_answer");
    }

    [Fact]
    public void Require_AnsweredACallJustNow_NeedsNoQuestion_UntilThatIsOld()
    {
        _mesh.Join("a", [_dns]);
        _mesh.Act(m => m.Call(7, new Envelope { Type = MessageType.Call, To = "dns@a", From = "x" }, _mesh.Time));
        Envelope call = Assert.Single(_mesh.TakeAll("a"));
        _mesh.Say("a", new Envelope { Type = MessageType.Result, From = "dns@a", To = call.From, ReplyTo = call.Id, Route = ["a"], Ttl = 10 });

        Require(1, "dns");
        Assert.Equal(1, _mesh.Of<AnswerRequest>()[^1].Request);
        Assert.Empty(_mesh.TakeAll("a"));

        _mesh.Pass(TimeSpan.FromSeconds(10.1));
        _mesh.TakeAll("a");
        Require(2, "dns");
        Assert.Equal(1, _mesh.Of<AnswerRequest>()[^1].Request);
        Assert.Single(_mesh.TakeAll("a"), message => message.Type == MessageType.Ping);
    }

    [Fact]
    public void Require_SeveralHaveIt_WhoeverShowsItselfFirstWillDo()
    {
        _mesh.Join("dead", [_dns]);
        _mesh.Join("alive", [_dns]);
        Require(1, "dns");

        Pong("alive", Assert.Single(_mesh.TakeAll("alive")));

        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
    }

    [Fact]
    public void RequireOne_SeveralHaveIt_OnlyOneThatFitsWillDo()
    {
        _mesh.Join("old", [_dns with { Version = "1.0" }]);
        _mesh.Join("new", [_dns with { Version = "2.0" }]);
        _mesh.Act(m => m.RequireOne(1, "dns", node => node.Version == "2.0", _mesh.Now + TimeSpan.FromSeconds(3), _fresh, _mesh.Time));
        Assert.Empty(_mesh.TakeAll("old"));
        Envelope ping = Assert.Single(_mesh.TakeAll("new"));
        Pong("old", ping);
        Assert.Empty(_mesh.Of<AnswerRequest>());

        Pong("new", ping);

        Assert.Contains("2.0", Encoding.UTF8.GetString(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Require_ItDoesNotShowItself_IsAskedAgainAndFailsWithTheReason()
    {
        _mesh.Join("a", [_dns]);
        Require(1, "dns", "nowhere");
        _mesh.Pass(TimeSpan.FromSeconds(3.1));

        ErrorInfo error = Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error!;
        Assert.Equal(LocalCastError.NodeNotReady, error.Code);
        Assert.Contains("'dns' is said to be ready and does not show it", error.Message, StringComparison.Ordinal);
        Assert.Contains("'nowhere'", error.Message, StringComparison.Ordinal);
        Assert.InRange(_mesh.TakeAll("a").Count(message => message.Type == MessageType.Ping), 3, 4);
    }

    [Fact]
    public void Require_OwnNode_IsSeenByThisAgentItself()
    {
        _mesh.Act(m => m.SetNodes([_dns], _mesh.Time));
        _mesh.Pass(TimeSpan.FromSeconds(1));
        Require(1, "dns");

        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
    }

    [Fact]
    public void Require_Cancelled_AsksNoMore()
    {
        _mesh.Join("a", [_dns]);
        Require(1, "dns");
        _mesh.TakeAll("a");
        _mesh.Act(m => m.Cancel(1, _mesh.Time));
        _mesh.Pass(TimeSpan.FromSeconds(5));

        Assert.Empty(_mesh.TakeAll("a"));
        Assert.Empty(_mesh.Of<AnswerRequest>());
    }

    [Fact]
    public void Require_NothingHappens_IsLookedAtOnceASecond()
    {
        _mesh.Join("a", [_dns]);
        Require(1, "dns");
        _mesh.Act(m => m.Tick(_mesh.Time));

        Assert.InRange(_mesh.Machine.NextDue, _mesh.Now + TimeSpan.FromMilliseconds(1), _mesh.Now + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Require_ManyAnswersBetweenTwoTicks_AreLookedAtTogether()
    {
        _mesh.Join("a", [_dns]);
        _mesh.Join("b", [_dns]);
        Require(1, "dns@a");
        Envelope ping = Assert.Single(_mesh.TakeAll("a"));
        for (int i = 0; i < 1000; i++)
        {
            Pong("b", ping);
        }

        Pong("a", ping);
        Assert.Empty(_mesh.Of<AnswerRequest>());
        Assert.True(_mesh.Machine.NextDue <= _mesh.Now);
        _mesh.Act(m => m.Tick(_mesh.Time));

        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
    }

    [Fact]
    public void Require_TheAgentComesWhileItIsWaitedFor_IsAskedThen()
    {
        Require(1, "dns");
        _mesh.Join("b", [_dns with { Name = "cam" }]);
        Assert.Empty(_mesh.Of<AnswerRequest>());

        _mesh.SayDocument("b", new AgentDocument { Id = "b", Boot = 1, Seq = 2, Nodes = [_dns], Neighbours = [new DocumentNeighbour { Id = "me", Cost = 1000 }] });
        _mesh.Pass(TimeSpan.FromMilliseconds(200));
        Pong("b", Assert.Single(_mesh.TakeAll("b")));

        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
    }

    [Fact]
    public void Require_ANameTwice_IsAnsweredTwiceAndMissedOnce()
    {
        _mesh.Join("a", [_dns]);
        Require(1, "dns", "dns");
        Pong("a", Assert.Single(_mesh.TakeAll("a")));
        Assert.Equal(2, Encoding.UTF8.GetString(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Payload.Span).Split("\"dns\"").Length - 1);

        Require(2, "nowhere", "nowhere");
        _mesh.Pass(TimeSpan.FromSeconds(3.1));

        Assert.Equal(2, _mesh.Of<AnswerRequest>()[^1].Answer.Error!.Message.Split("'nowhere'").Length);
    }

    [Fact]
    public void Require_MoreNodesAnswerThanAreRemembered_ThoseThatMayBeWaitedForAreAmongThem()
    {
        NodeDescription[] many = [.. Enumerable.Range(0, 3000).Select(i => _dns with { Name = $"node-{i}" })];
        string[] agents = ["a", "b", "c"];
        Assert.All(agents, agent => _mesh.Join(agent, many));
        Require(1, "node-0@a", "node-2999@c");
        Envelope ping = Assert.Single(_mesh.TakeAll("a"));
        foreach ((string agent, NodeDescription node) in agents.SelectMany(agent => many.Select(node => (agent, node))))
        {
            Pong(agent, ping, $"{node.Name}@{agent}");
            Pong(agent, ping, $"nobody-{node.Name}@{agent}");
        }

        _mesh.Act(m => m.Tick(_mesh.Time));

        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
    }

    [Fact]
    public void Require_SeveralAgentsBeyondOneLink_AreAskedByOneMessage()
    {
        _mesh.Join("a", [_dns], neighbours: ["b"]);
        _mesh.SayDocument("a", new AgentDocument { Id = "b", Boot = 1, Seq = 1, Nodes = [_dns], Neighbours = [new DocumentNeighbour { Id = "a", Cost = 1000 }] });
        _mesh.Pass(TimeSpan.FromSeconds(1));

        Require(1, "dns");

        Assert.Equal(["a", "b"], MeshSender.AgentsOf(Assert.Single(_mesh.TakeAll("a"))).Order(StringComparer.Ordinal));
    }

    private void Require(long request, params string[] names) =>
        _mesh.Act(m => m.Require(request, names, _mesh.Now + TimeSpan.FromSeconds(3), _fresh, _mesh.Time));

    private void Pong(string by, Envelope ping, string? from = null) =>
        _mesh.Say(by, new Envelope { Type = MessageType.Pong, From = from ?? $"dns@{by}", To = ping.From, ReplyTo = ping.Id, Route = [by], Ttl = 10 });
}
