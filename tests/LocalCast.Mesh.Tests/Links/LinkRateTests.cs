using LocalCast.Mesh.Tests.Routing;
using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Links;

public sealed class LinkRateTests
{
    [Fact]
    public void NeighbourSendsTooManyCalls_TheRestIsRateLimitedUntilTimePasses()
    {
        MeshPair mesh = Limited(options => options.NeighbourMessagesPerSecond = 10);
        for (int i = 0; i < 15; i++)
        {
            mesh.Say("a", MeshTrafficTests.Call("x@a", "dns@me", $"{i}"));
        }

        Assert.Equal(10, mesh.Of<DeliverCall>().Length);
        List<Envelope> refused = mesh.TakeAll("a");
        Assert.Equal(5, refused.Count);
        Assert.All(refused, answer => Assert.Equal(LocalCastError.RateLimited, answer.Error!.Code));
        Assert.All(refused, answer => Assert.NotNull(answer.Error!.RetryAfter));
        Assert.Equal(5, Assert.Single(mesh.Machine.Peers(mesh.Time), peer => peer.Id == "a").Counters.Limited);
        Assert.Single(mesh.Of<MeshNotice>(), notice => notice.Name == "rate_limited");

        mesh.Pass(TimeSpan.FromSeconds(1));
        mesh.Say("a", MeshTrafficTests.Call("x@a", "dns@me", "later"));
        Assert.Equal(11, mesh.Of<DeliverCall>().Length);
    }

    [Fact]
    public void NeighbourSendsTooManyBytes_IsRateLimitedByThem()
    {
        MeshPair mesh = Limited(options => options.NeighbourBytesPerSecond = 1000);
        for (int i = 0; i < 4; i++)
        {
            mesh.Say("a", MeshTrafficTests.Call("x@a", "dns@me", $"{i}") with { PayloadKind = PayloadKind.Bytes, Payload = new byte[400] });
        }

        Assert.Equal(2, mesh.Of<DeliverCall>().Length);
        Assert.Equal(2, mesh.TakeAll("a").Count);
    }

    [Fact]
    public void TooManyPublications_AreDroppedAndCounted_AndAnotherNeighbourIsUndisturbed()
    {
        MeshPair mesh = Limited(options => options.NeighbourMessagesPerSecond = 10);
        mesh.Join("b");
        for (int i = 0; i < 100; i++)
        {
            mesh.Say("a", Publication("a", $"{i}"));
        }

        for (int i = 0; i < 10; i++)
        {
            mesh.Say("b", Publication("b", $"{i}"));
        }

        Assert.Equal(20, mesh.Of<DeliverPublication>().Length);
        Assert.Empty(mesh.TakeAll("a"));
    }

    [Fact]
    public void TooManyMessages_StateAndAnswersStillPass()
    {
        MeshPair mesh = Limited(options => options.NeighbourMessagesPerSecond = 1);
        for (int i = 0; i < 10; i++)
        {
            mesh.Say("a", MeshTrafficTests.Call("x@a", "dns@me", $"{i}"));
        }

        mesh.TakeAll("a");
        mesh.Act(m => m.Call(1, new Envelope { Type = MessageType.Call, To = "x@a" }, mesh.Time));
        Envelope call = Assert.Single(mesh.TakeAll("a"));
        mesh.Say("a", new Envelope { Type = MessageType.Result, From = "x@a", To = call.From, ReplyTo = call.Id, Route = ["a"], Ttl = 10 });
        mesh.SayDocument("a", MeshTrafficTests.Document("a", "me") with { Seq = 2, Name = "new" });

        Assert.Null(Assert.Single(mesh.Of<AnswerRequest>()).Answer.Error);
        Assert.Contains(mesh.Machine.Documents, document => document.Name == "new");
    }

    [Fact]
    public void NoLimit_NothingIsRefused()
    {
        MeshPair mesh = Limited(options => (options.NeighbourMessagesPerSecond, options.NeighbourBytesPerSecond) = (0, 0));
        for (int i = 0; i < 1000; i++)
        {
            mesh.Say("a", Publication("a", $"{i}"));
        }

        Assert.Equal(1000, mesh.Of<DeliverPublication>().Length);
    }

    [Fact]
    public void Congested_OwnerHearsOfItAndWhenItIsOver()
    {
        MeshPair mesh = Limited(options => options.LinkQueueBytes = 10_000);
        int sent = 0;
        for (; !mesh.Machine.HasMetCongestion; sent++)
        {
            mesh.Act(m => m.Call(sent + 1, new Envelope { Type = MessageType.Call, To = "x@a", From = $"p{sent % 3}", Payload = new byte[500] }, mesh.Time));
        }

        PeerLink link = Assert.Single(mesh.Machine.Links);
        Assert.InRange(link.Queue.Bytes, 7500, 9000);
        Assert.True(link.IsCongested);
        Assert.Equal(new LinkCongested(link.Number, true), Assert.Single(mesh.Of<LinkCongested>()));

        while (link.Queue.Bytes > 5000)
        {
            Assert.True(link.IsCongested);
            Assert.True(mesh.Machine.TryTake(link.Number, out _));
        }

        mesh.Machine.TryTake(link.Number, out _);
        mesh.Act(_ => { });
        Assert.Equal(new LinkCongested(link.Number, false), mesh.Of<LinkCongested>()[^1]);
        mesh.Act(m => m.Call(900, new Envelope { Type = MessageType.Call, To = "x@a" }, mesh.Time));
        Assert.False(mesh.Machine.HasMetCongestion);
        Assert.Empty(mesh.Of<AnswerRequest>());
    }

    private static MeshPair Limited(Action<MeshOptions> configure)
    {
        var mesh = new MeshPair(configure);
        mesh.Join("a");
        mesh.Effects.Clear();
        return mesh;
    }

    private static Envelope Publication(string agent, string id) => new()
    {
        Type = MessageType.Publish,
        Mode = PublishMode.All,
        Topic = "t",
        Id = id,
        From = $"x@{agent}",
        Route = [agent],
        Ttl = 10,
        Headers = new Dictionary<string, string> { ["mesh-to"] = "me" },
    };
}
