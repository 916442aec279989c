using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

public sealed class OutgoingTests
{
    private static readonly NodeDescription _echo = new() { Name = "echo", State = "Ready", Topics = ["t"] };
    private readonly MeshPair _mesh = new();

    [Theory]
    [InlineData(LocalCastError.NodeNotFound)]
    [InlineData(LocalCastError.NodeNotReady)]
    [InlineData(LocalCastError.Busy)]
    [InlineData(LocalCastError.NoRoute)]
    public void Call_FailedBeforeItWasExecuted_GoesToTheNext(LocalCastError error)
    {
        (string first, string second) = CallEcho();
        Envelope attempt = Assert.Single(_mesh.TakeAll(first));
        Reply(first, attempt, new ErrorInfo(error, "no"));
        Envelope next = Assert.Single(_mesh.TakeAll(second));
        Assert.NotEqual(attempt.Id, next.Id);
        Reply(second, next, null);

        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
    }

    [Theory]
    [InlineData(LocalCastError.HandlerFailed)]
    [InlineData(LocalCastError.Disconnected)]
    [InlineData(LocalCastError.Timeout)]
    public void Call_MayHaveBeenExecuted_GoesToNobodyElse(LocalCastError error)
    {
        (string first, string second) = CallEcho();
        Reply(first, Assert.Single(_mesh.TakeAll(first)), new ErrorInfo(error, "no"));

        Assert.Empty(_mesh.TakeAll(second));
        Assert.Equal(error, Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error!.Code);
    }

    [Fact]
    public void Call_AnsweredTwice_IsAnsweredOnce()
    {
        (string first, _) = CallEcho();
        Envelope attempt = Assert.Single(_mesh.TakeAll(first));
        Reply(first, attempt, null);
        Reply(first, attempt, new ErrorInfo(LocalCastError.Internal, "late"));

        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
        Assert.Contains(_mesh.Of<MeshNotice>(), notice => notice.Name == "late_answer");
    }

    [Fact]
    public void Call_AnsweredByOneWhoWasNotAsked_WaitsOn()
    {
        (string first, string second) = CallEcho();
        Envelope attempt = Assert.Single(_mesh.TakeAll(first));
        _mesh.Say(second, new Envelope { Type = MessageType.Result, From = $"echo@{first}", To = attempt.From, ReplyTo = attempt.Id, Ttl = 9, Route = [first, second] });
        Reply(second, attempt, null);
        Assert.Empty(_mesh.Of<AnswerRequest>());

        Reply(first, attempt, null);
        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
    }

    [Fact]
    public void Call_NodeOfAnAgentThatCannotBeReached_IsNoRouteAndNotNoSuchNode()
    {
        _mesh.Join("a");
        _mesh.SayDocument("a", MeshTrafficTests.Document("far") with { Nodes = [_echo] });

        _mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo" }, _mesh.Time));
        _mesh.Act(m => m.Call(2, new Envelope { Type = MessageType.Call, To = "nobody" }, _mesh.Time));

        Assert.Equal([LocalCastError.NoRoute, LocalCastError.NodeNotFound], _mesh.Of<AnswerRequest>().Select(answer => answer.Answer.Error!.Code));
    }

    [Fact]
    public void Call_OneParticipantTakesItsShare_OthersStillGetThrough()
    {
        var mesh = new MeshPair(options => options.MostCallsEach = 2);
        mesh.Join("a", [_echo]);
        for (int i = 1; i <= 3; i++)
        {
            mesh.Act(m => m.Call(i, new Envelope { Type = MessageType.Call, To = "echo@a", From = "greedy" }, mesh.Time));
        }

        mesh.Act(m => m.Call(4, new Envelope { Type = MessageType.Call, To = "echo@a", From = "modest" }, mesh.Time));

        AnswerRequest refused = Assert.Single(mesh.Of<AnswerRequest>());
        Assert.Equal((3, LocalCastError.Busy), (refused.Request, refused.Answer.Error!.Code));
        mesh.Act(m => m.Cancel(1, mesh.Time));
        mesh.Act(m => m.Call(5, new Envelope { Type = MessageType.Call, To = "echo@a", From = "greedy" }, mesh.Time));
        Assert.Equal(4, mesh.TakeAll("a").Count(message => message.Type == MessageType.Call));
    }

    [Fact]
    public void Call_AgentByItsName_ReachesItsId()
    {
        _mesh.Join("a");
        _mesh.SayDocument("a", MeshTrafficTests.Document("a", "me") with { Seq = 2, Name = "kitchen" });
        _mesh.Pass(TimeSpan.FromSeconds(1));

        _mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo@kitchen" }, _mesh.Time));

        Assert.Equal("echo@a", Assert.Single(_mesh.TakeAll("a")).To);
    }

    [Fact]
    public void Call_ToThisAgent_IsDeliveredHere()
    {
        _mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo@me" }, _mesh.Time));
        DeliverCall delivered = Assert.Single(_mesh.Of<DeliverCall>());
        Assert.Equal("echo", delivered.Call.To);

        _mesh.Act(m => m.AnswerCall(delivered.Handle, new Envelope { Type = MessageType.Result }, _mesh.Time));

        Assert.Equal(1, Assert.Single(_mesh.Of<AnswerRequest>()).Request);
    }

    [Fact]
    public void Publish_FasterThanAllowed_IsRateLimitedAndPassesAgainWithinASecond()
    {
        var mesh = new MeshPair(options => options.OutgoingBytesPerSecond = 1000);
        mesh.Join("a", [_echo]);
        var publication = new Envelope { Type = MessageType.Publish, Mode = PublishMode.All, Topic = "t", Payload = new byte[800] };

        mesh.Act(m => m.Publish(1, publication, mesh.Time));
        mesh.Act(m => m.Publish(2, publication, mesh.Time));
        mesh.Pass(TimeSpan.FromSeconds(1));
        mesh.Act(m => m.Publish(3, publication, mesh.Time));

        Assert.Equal([null, LocalCastError.RateLimited, null], mesh.Of<AnswerRequest>().Select(answer => answer.Answer.Error?.Code));
        Assert.Equal(2, mesh.TakeAll("a").Count(message => message.Type == MessageType.Publish));
    }

    [Fact]
    public void Call_LinkIsFull_IsBusyAtOnce()
    {
        var mesh = new MeshPair(options => options.LinkQueueBytes = 4096);
        mesh.Join("a");
        mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo@a", Payload = new byte[5000] }, mesh.Time));

        ErrorInfo error = Assert.Single(mesh.Of<AnswerRequest>()).Answer.Error!;
        Assert.Equal(LocalCastError.Busy, error.Code);
        Assert.NotNull(error.RetryAfter);
    }

    [Fact]
    public void PublishOne_SubscriberDoesNotAcknowledge_TheNextGetsIt()
    {
        _mesh.Join("a", [_echo]);
        _mesh.Join("b", [_echo]);
        _mesh.Act(m => m.Publish(1, new Envelope { Type = MessageType.Publish, Mode = PublishMode.One, Topic = "t", DeadlineMs = 60_000 }, _mesh.Time));
        string first = _mesh.TakeAll("a").Count == 1 ? "a" : "b";
        string second = first == "a" ? "b" : "a";
        _mesh.TakeAll(first);

        _mesh.Pass(TimeSpan.FromSeconds(5.1));

        Reply(second, Assert.Single(_mesh.TakeAll(second), message => message.Type == MessageType.Publish), null, MessageType.Ack);
        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);
    }

    [Fact]
    public void PublishOne_NobodyAcknowledges_IsSubscriberTimeout()
    {
        _mesh.Join("a", [_echo]);
        _mesh.Act(m => m.Publish(1, new Envelope { Type = MessageType.Publish, Mode = PublishMode.One, Topic = "t", DeadlineMs = 60_000 }, _mesh.Time));

        _mesh.Pass(TimeSpan.FromSeconds(5.1));

        Assert.Equal(LocalCastError.SubscriberTimeout, Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error!.Code);
    }

    [Fact]
    public void CountSubscribers_ReadyOnesOfOtherAgentsAndOfTheGroup()
    {
        var mesh = new MeshPair(groups: "red");
        mesh.Act(m => m.SetNodes([_echo], mesh.Time));
        mesh.Join("a", [_echo, new NodeDescription { Name = "two", Topics = ["t", ">"] }, new NodeDescription { Name = "three", State = "Starting", Topics = ["t"] }], groups: ["red"]);
        mesh.Join("b", [_echo]);

        Assert.Equal((3, 2, 1, 0), (mesh.Machine.CountSubscribers("t", null), mesh.Machine.CountSubscribers("t", "red"), mesh.Machine.CountSubscribers("u", null), mesh.Machine.CountSubscribers("u", "blue")));

        mesh.SayDocument("a", MeshTrafficTests.Document("a", "me") with { Seq = 2, Nodes = [_echo] });
        mesh.Pass(TimeSpan.FromMilliseconds(100));
        Assert.Equal(2, mesh.Machine.CountSubscribers("t", null));
        mesh.End("b");
        Assert.Equal(1, mesh.Machine.CountSubscribers("t", null));
    }

    [Fact]
    public void PublishOne_OnlyThisMachineSubscribes_IsTheOwnersToDeliver()
    {
        _mesh.Act(m => m.SetNodes([_echo], _mesh.Time));
        _mesh.Pass(TimeSpan.FromSeconds(1));

        _mesh.Act(m => m.Publish(1, new Envelope { Type = MessageType.Publish, Mode = PublishMode.One, Topic = "t" }, _mesh.Time));

        Assert.Empty(_mesh.Of<DeliverPublication>());
        Assert.Equal(LocalCastError.NoSubscriber, Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error!.Code);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("a.*")]
    public void Publish_BadTopic_IsBadRequest(string topic)
    {
        _mesh.Act(m => m.Publish(1, new Envelope { Type = MessageType.Publish, Mode = PublishMode.All, Topic = topic }, _mesh.Time));

        Assert.Equal(LocalCastError.BadRequest, Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error!.Code);
    }

    private (string First, string Second) CallEcho()
    {
        _mesh.Join("a", [_echo]);
        _mesh.Join("b", [_echo]);
        _mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo", From = "x" }, _mesh.Time));
        return ("a", "b"); // equally near: by id
    }

    private void Reply(string by, Envelope to, ErrorInfo? error, MessageType type = MessageType.Result) => _mesh.Say(by, new Envelope
    {
        Type = type,
        From = $"echo@{by}",
        To = to.From,
        ReplyTo = to.Id,
        Error = error,
        Route = [by],
        Ttl = 10,
    });
}
