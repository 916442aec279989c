using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

public sealed class MeshTrafficTests
{
    private readonly MeshPair _mesh = new();

    [Fact]
    public void Receive_CallForThisAgent_IsDeliveredOnceAndAnsweredOnce()
    {
        _mesh.Join("a");
        _mesh.Say("a", Call("x@a", "dns@me", "1"));
        _mesh.Say("a", Call("x@a", "dns@me", "1"));

        DeliverCall delivered = Assert.Single(_mesh.Of<DeliverCall>());
        Assert.Equal(("dns", "x@a"), (delivered.Call.To, delivered.Call.From));
        _mesh.Act(m => m.AnswerCall(delivered.Handle, new Envelope { Type = MessageType.Result, From = "dns" }, _mesh.Time));
        _mesh.Act(m => m.AnswerCall(delivered.Handle, new Envelope { Type = MessageType.Result, From = "dns" }, _mesh.Time));

        Envelope result = Assert.Single(_mesh.TakeAll("a"));
        Assert.Equal((MessageType.Result, "x@a", "1", "dns@me"), (result.Type, result.To, result.ReplyTo, result.From));
        Assert.Equal(0, _mesh.Machine.InFlight);
    }

    [Fact]
    public void Receive_CallForAnother_IsForwardedWithLessTtlAndMoreRoute_AndTheAnswerGoesBack()
    {
        _mesh.Join("a");
        _mesh.Join("b", neighbours: ["c"]);
        _mesh.SayDocument("b", Document("c", "b"));
        _mesh.Say("a", Call("x@a", "dns@c", "1", ttl: 9));

        Envelope forwarded = Assert.Single(_mesh.TakeAll("b"));
        Assert.Equal((byte)8, forwarded.Ttl);
        Assert.Equal(["a", "me"], forwarded.Route);
        _mesh.Say("b", new Envelope { Type = MessageType.Result, From = "dns@c", To = "x@a", ReplyTo = "1", Ttl = 9, Route = ["c", "b"] });
        Assert.Equal("1", Assert.Single(_mesh.TakeAll("a")).ReplyTo);
        Assert.Empty(_mesh.Of<DeliverCall>());
    }

    [Fact]
    public void Receive_AnswerWhoseShortestWayChanged_StillGoesBackTheWayTheCallCame()
    {
        _mesh.Join("a");
        _mesh.Join("b", neighbours: ["c"]);
        _mesh.SayDocument("b", Document("c", "b"));
        _mesh.Say("a", new Envelope { Type = MessageType.Call, Id = "1", From = "x@origin", To = "dns@c", Ttl = 9, Route = ["origin", "a"] });

        _mesh.Say("b", new Envelope { Type = MessageType.Result, From = "dns@c", To = "x@origin", ReplyTo = "1", Ttl = 9, Route = ["c", "b"] });

        // Nothing is known of a path to the origin.
        Assert.Equal("1", Assert.Single(_mesh.TakeAll("a")).ReplyTo);
    }

    [Theory]
    [InlineData(1, LocalCastError.TtlExpired)]
    [InlineData(0, LocalCastError.TtlExpired)]
    [InlineData(5, LocalCastError.NoRoute)]
    public void Receive_CallThatCannotGoOn_TheCallerHearsOfIt(byte ttl, LocalCastError error)
    {
        _mesh.Join("a");
        _mesh.Say("a", Call("x@a", "dns@far", "1", ttl));

        Envelope result = Assert.Single(_mesh.TakeAll("a"));
        Assert.Equal((MessageType.Result, "1", error), (result.Type, result.ReplyTo, result.Error!.Code));
    }

    [Fact]
    public void Receive_CallForAnotherTwice_PassesOnceAndTheSecondIsNotAnswered()
    {
        _mesh.Join("a");
        _mesh.Join("b");
        _mesh.Say("a", Call("x@a", "dns@b", "1"));
        _mesh.Say("a", Call("x@a", "dns@b", "1"));

        Assert.Single(_mesh.TakeAll("b"));
        Assert.Empty(_mesh.TakeAll("a"));
    }

    [Fact]
    public void LinkAheadEnds_CallThatPassed_IsAnsweredAtOnce()
    {
        _mesh.Join("a");
        _mesh.Join("b");
        _mesh.Say("a", Call("x@a", "dns@b", "1"));
        _mesh.TakeAll("a");

        _mesh.End("b");

        Assert.Equal(LocalCastError.Disconnected, Assert.Single(_mesh.TakeAll("a")).Error!.Code);
    }

    [Fact]
    public void Receive_NeighbourFloodsWithCalls_AnotherStillGetsThrough()
    {
        var mesh = new MeshPair(options => options.MostCallsEach = 10);
        mesh.Join("flooder");
        mesh.Join("other");
        mesh.Join("b");
        for (int i = 0; i < 100; i++)
        {
            mesh.Say("flooder", Call("x@flooder", "dns@b", $"{i}"));
            mesh.Say("flooder", Call("x@flooder", "dns@me", $"here{i}"));
        }

        mesh.Say("other", Call("x@other", "dns@b", "1"));
        mesh.Say("other", Call("x@other", "dns@me", "2"));

        Assert.Equal(11, mesh.TakeAll("b").Count);
        Assert.Equal(11, mesh.Of<DeliverCall>().Length);
        Assert.Equal(180, mesh.TakeAll("flooder").Count(message => message.Error?.Code == LocalCastError.Busy));
        Assert.Empty(mesh.TakeAll("other"));
    }

    [Theory]
    [InlineData("x@b", "a", "it does not begin where it comes from")]
    [InlineData("x@a", "b", "passed on by another")]
    [InlineData("x", "a", "no agent")]
    [InlineData("x@me", "a", "our own")]
    public void Receive_ForgedWay_IsRefused(string from, string route, string why)
    {
        _mesh.Join("a");
        _mesh.Say("a", new Envelope { Type = MessageType.Call, Id = "1", From = from, To = "dns@me", Route = [route], Ttl = 10 });

        Assert.True(_mesh.Of<DeliverCall>().Length == 0, why);
        Assert.Contains(_mesh.Of<MeshNotice>(), notice => notice.Name == "refused_message");
    }

    [Fact]
    public void Receive_CancelOfADeliveredCall_ReachesTheHub()
    {
        _mesh.Join("a");
        _mesh.Say("a", Call("x@a", "dns@me", "1"));
        _mesh.Say("a", new Envelope { Type = MessageType.Cancel, From = "x@a", To = "dns@me", ReplyTo = "1", Route = ["a"], Ttl = 10 });

        Assert.Equal(_mesh.Of<DeliverCall>()[0].Handle, Assert.Single(_mesh.Of<CancelDelivered>()).Handle);
        Assert.Equal(0, _mesh.Machine.InFlight);
    }

    [Fact]
    public void LinkClosed_CallsThatCameByIt_AreCancelledHere()
    {
        _mesh.Join("a");
        _mesh.Say("a", Call("x@a", "dns@me", "1"));
        _mesh.End("a");

        Assert.Equal(_mesh.Of<DeliverCall>()[0].Handle, Assert.Single(_mesh.Of<CancelDelivered>()).Handle);
        Assert.Equal(0, _mesh.Machine.InFlight);
    }

    [Fact]
    public void LinkClosed_CallsThatCameByIt_AreCancelledAhead()
    {
        _mesh.Join("a");
        _mesh.Join("b");
        _mesh.Say("a", Call("x@a", "dns@b", "1"));
        Assert.Equal(MessageType.Call, Assert.Single(_mesh.TakeAll("b")).Type);
        _mesh.End("a");

        Envelope cancel = Assert.Single(_mesh.TakeAll("b"));
        Assert.Equal((MessageType.Cancel, "x@a", "dns@b", "1"), (cancel.Type, cancel.From, cancel.To, cancel.ReplyTo));
        Assert.Equal(["a", "me"], cancel.Route);
    }

    [Fact]
    public void Receive_PublicationForMany_GoesToEachOnce()
    {
        _mesh.Join("a");
        _mesh.Join("b", neighbours: ["c"]);
        _mesh.SayDocument("b", Document("c", "b"));
        _mesh.Pass(TimeSpan.FromSeconds(1));
        var publication = new Envelope
        {
            Type = MessageType.Publish,
            Mode = PublishMode.All,
            Topic = "t",
            Id = "1",
            From = "x@a",
            Route = ["a"],
            Ttl = 10,
            Headers = new Dictionary<string, string> { ["mesh-to"] = "me\nb\nc", ["kept"] = "1" },
        };
        _mesh.Say("a", publication);
        _mesh.Say("a", publication);

        Envelope here = Assert.Single(_mesh.Of<DeliverPublication>()).Publication;
        Assert.Equal(["kept"], here.Headers!.Keys);
        Assert.All(_mesh.TakeAll("b"), forwarded => Assert.Equal("b\nc", forwarded.Headers!["mesh-to"]));
        Assert.Empty(_mesh.TakeAll("a"));
    }

    [Fact]
    public void Receive_CallOfAGroupThatThisAgentIsNotIn_IsForbidden()
    {
        _mesh.Join("a");
        _mesh.Say("a", new Envelope { Type = MessageType.Call, Id = "1", From = "x@a", To = "dns@me", Group = "red", Route = ["a"], Ttl = 10 });

        Assert.Empty(_mesh.Of<DeliverCall>());
        Assert.Equal(LocalCastError.Forbidden, Assert.Single(_mesh.TakeAll("a")).Error!.Code);
    }

    internal static AgentDocument Document(string id, params string[] neighbours) => new()
    {
        Id = id,
        Boot = 1,
        Seq = 1,
        Neighbours = [.. neighbours.Select(other => new DocumentNeighbour { Id = other, Cost = 1000 })],
    };

    internal static Envelope Call(string from, string to, string id, byte ttl = 10) => new()
    {
        Type = MessageType.Call,
        Id = id,
        From = from,
        To = to,
        Method = "m",
        Ttl = ttl,
        Route = [MeshAddress.Parse(from).Agent!],
    };
}
