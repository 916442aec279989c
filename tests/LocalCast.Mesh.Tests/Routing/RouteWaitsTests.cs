using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

/// <summary>Calls for which there is no way yet, here or at an agent on it.</summary>
public sealed class RouteWaitsTests
{
    private static readonly NodeDescription _echo = new() { Name = "echo", State = "Ready" };
    private readonly MeshPair _mesh = new();

    [Fact]
    public void Call_NoPathYet_WaitsAMomentForIt()
    {
        _mesh.Join("a");
        _mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo@b" }, _mesh.Time));
        _mesh.Act(m => m.Call(2, new Envelope { Type = MessageType.Call, To = "echo@never" }, _mesh.Time));
        Assert.Empty(_mesh.Of<AnswerRequest>());
        _mesh.Pass(TimeSpan.FromMilliseconds(500));

        _mesh.SayDocument("a", MeshTrafficTests.Document("b", "a"), MeshTrafficTests.Document("a", "me", "b") with { Seq = 2 });
        _mesh.Pass(TimeSpan.FromMilliseconds(100));

        Assert.Equal("echo@b", Assert.Single(_mesh.TakeAll("a")).To);
        _mesh.Pass(TimeSpan.FromMilliseconds(400));
        Assert.Equal(LocalCastError.NoRoute, Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error!.Code);
    }

    [Fact]
    public void Call_AnAgentOnTheWayHasNoRouteYet_IsTriedAgainEverMoreSeldomForFiveSeconds()
    {
        _mesh.Join("a", [_echo]);
        _mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo@a", From = "x" }, _mesh.Time));
        Reply("a", Assert.Single(_mesh.TakeAll("a")), new ErrorInfo(LocalCastError.NoRoute, "not yet"));
        Assert.Empty(_mesh.Of<AnswerRequest>());
        _mesh.Pass(TimeSpan.FromMilliseconds(150));
        Envelope again = Assert.Single(_mesh.TakeAll("a"));
        Reply("a", again, null);
        Assert.Null(Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error);

        TimeSpan begin = _mesh.Now;
        _mesh.Act(m => m.Call(2, new Envelope { Type = MessageType.Call, To = "echo@a", From = "x" }, _mesh.Time));
        int tries = 0;
        for (int i = 0; i < 120 && _mesh.Of<AnswerRequest>().Length == 1; i++)
        {
            foreach (Envelope call in _mesh.TakeAll("a"))
            {
                tries++;
                Reply("a", call, new ErrorInfo(LocalCastError.NoRoute, "never"));
            }

            _mesh.Pass(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal("never", _mesh.Of<AnswerRequest>()[1].Answer.Error!.Message);
        Assert.InRange(_mesh.Now - begin, TimeSpan.FromSeconds(4.9), TimeSpan.FromSeconds(5.2));
        Assert.InRange(tries, 8, 10);
        Assert.Equal(0, _mesh.Machine.InFlight);
    }

    [Fact]
    public void Call_AnAgentOnTheWayHadNoRoute_AndThisOneSeesNoneAnyMore_EndsWithinASecond()
    {
        _mesh.Join("a");
        _mesh.SayDocument("a", MeshTrafficTests.Document("b", "a"), MeshTrafficTests.Document("a", "me", "b") with { Seq = 2 });
        _mesh.Pass(TimeSpan.FromMilliseconds(100));
        TimeSpan begin = _mesh.Now;
        _mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo@b", From = "x" }, _mesh.Time));
        Reply("a", Assert.Single(_mesh.TakeAll("a")), new ErrorInfo(LocalCastError.NoRoute, "it went"));
        _mesh.SayDocument("a", MeshTrafficTests.Document("a", "me") with { Seq = 3 });
        for (int i = 0; i < 120 && _mesh.Of<AnswerRequest>().Length == 0; i++)
        {
            _mesh.Pass(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal("it went", Assert.Single(_mesh.Of<AnswerRequest>()).Answer.Error!.Message);
        Assert.InRange(_mesh.Now - begin, TimeSpan.FromMilliseconds(850), TimeSpan.FromSeconds(1));
    }

    /// <summary>Elsewhere in the mesh much changes for a second; the agent on the way needs some moments more.</summary>
    [Fact]
    public void Call_MeshChangesOften_IsStillTriedAgainSoon()
    {
        _mesh.Join("a");
        _mesh.SayDocument("a", MeshTrafficTests.Document("b", "a"), MeshTrafficTests.Document("a", "me", "b") with { Seq = 2 });
        _mesh.Pass(TimeSpan.FromMilliseconds(100));
        _mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo@b", From = "x" }, _mesh.Time));
        void Refuse() => _mesh.TakeAll("a").ForEach(call => Reply("a", call, new ErrorInfo(LocalCastError.NoRoute, "not yet")));

        for (ulong i = 3; i < 23; i++)
        {
            Refuse();
            _mesh.SayDocument("a", MeshTrafficTests.Document("a", "me", "b") with { Seq = i, Neighbours = [new DocumentNeighbour { Id = "me", Cost = 1000 }, new DocumentNeighbour { Id = "b", Cost = 1000 + (int)i }] });
            _mesh.Pass(TimeSpan.FromMilliseconds(50));
        }

        Refuse();
        _mesh.Pass(TimeSpan.FromSeconds(1)); // quiet now; the agent on the way has learnt meanwhile
        Assert.Empty(_mesh.Of<AnswerRequest>());
        Assert.Equal(1, _mesh.Machine.InFlight); // it still waits
        Assert.Single(_mesh.TakeAll("a"));
    }

    /// <summary>Two have the node. Both are behind an agent that does not see them for a moment.</summary>
    [Fact]
    public void CallByName_NoRouteToEither_TheNearestIsTriedAgain()
    {
        _mesh.Join("a");
        _mesh.SayDocument("a",
            MeshTrafficTests.Document("b", "a") with { Nodes = [_echo] },
            MeshTrafficTests.Document("c", "b") with { Nodes = [_echo] },
            MeshTrafficTests.Document("b", "a", "c") with { Seq = 2, Nodes = [_echo] },
            MeshTrafficTests.Document("a", "me", "b") with { Seq = 2 });
        _mesh.Pass(TimeSpan.FromMilliseconds(100));
        _mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "echo", From = "x" }, _mesh.Time));
        List<string> tried = [];
        for (int i = 0; i < 20; i++)
        {
            foreach (Envelope call in _mesh.TakeAll("a"))
            {
                tried.Add(call.To!);
                Reply("a", call, new ErrorInfo(LocalCastError.NoRoute, "not yet"));
            }

            _mesh.Pass(TimeSpan.FromMilliseconds(50));
        }

        Assert.Equal(["echo@b", "echo@c"], tried.Take(2));
        Assert.Contains("echo@b", tried.Skip(2));
    }

    [Fact]
    public void CallByName_NoRouteToTheNearest_TheOtherIsLeftAlone_TheNearestIsTriedAgain()
    {
        _mesh.Join("a", [_echo]);
        _mesh.Join("b", [_echo]);
        for (int failure = 1; failure <= 5; failure++)
        {
            _mesh.Act(m => m.Call(failure, new Envelope { Type = MessageType.Call, To = "echo@b", From = "x" }, _mesh.Time));
            Refuse(LocalCastError.Busy);
        }

        _mesh.Act(m => m.Call(6, new Envelope { Type = MessageType.Call, To = "echo", From = "x" }, _mesh.Time));
        Refuse(LocalCastError.NoRoute);
        Assert.Equal(5, _mesh.Of<AnswerRequest>().Length);

        _mesh.Pass(TimeSpan.FromMilliseconds(150));

        Assert.Equal("echo@a", Assert.Single(_mesh.TakeAll("a")).To);

        void Refuse(LocalCastError code)
        {
            foreach (string agent in (string[])["a", "b"])
            {
                foreach (Envelope call in _mesh.TakeAll(agent))
                {
                    Reply(agent, call, new ErrorInfo(code, "no"));
                }
            }
        }
    }

    private void Reply(string by, Envelope to, ErrorInfo? error) => _mesh.Say(by, new Envelope
    {
        Type = MessageType.Result,
        From = to.To,
        To = to.From,
        ReplyTo = to.Id,
        Error = error,
        Route = [MeshAddress.Parse(to.To).Agent!, .. MeshAddress.Parse(to.To).Agent == by ? (string[])[] : [by]],
        Ttl = 9,
    });
}
