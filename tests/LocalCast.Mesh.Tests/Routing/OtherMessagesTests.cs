using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

/// <summary>Messages that the mesh does not know, and pings to one node: whoever refuses them is believed once, and only where it was asked.</summary>
public sealed class OtherMessagesTests
{
    private readonly MeshPair _mesh = new();

    public OtherMessagesTests() => _mesh.Join("a", [new NodeDescription { Name = "dns", State = "Ready" }]);

    [Fact]
    public void Refusal_OfAMessageThatWasSent_IsToldOnce()
    {
        Send("9");

        Refuse("9");
        Refuse("9");

        MessageRefused refused = Assert.Single(_mesh.Of<MessageRefused>());
        Assert.Equal(("sender", "9", LocalCastError.NodeNotFound), (refused.Sender, refused.Id, refused.Why.Code));
    }

    [Theory]
    [InlineData("8")]
    [InlineData("")]
    public void Refusal_OfWhatWasNeverSent_IsDropped(string id)
    {
        Send("9");

        Refuse(id);

        Assert.Empty(_mesh.Of<MessageRefused>());
    }

    [Fact]
    public void Refusal_LongAfter_IsDropped()
    {
        Send("9");
        _mesh.Pass(TimeSpan.FromSeconds(11));

        Refuse("9");

        Assert.Empty(_mesh.Of<MessageRefused>());
    }

    [Fact]
    public void Messages_TooManyToRemember_TheOldestIsForgotten()
    {
        for (int i = 0; i <= 4096; i++)
        {
            Send($"{i}");
            _mesh.TakeAll("a");
        }

        Refuse("0");
        Refuse("1");
        Refuse("4096");

        Assert.Equal(["1", "4096"], _mesh.Of<MessageRefused>().Select(refused => refused.Id));
    }

    [Fact]
    public void Message_ToAnAgentByName_GoesToItsId()
    {
        _mesh.SayDocument("a", new AgentDocument { Id = "a", Name = "kitchen", Boot = 1, Seq = 2, Neighbours = [new DocumentNeighbour { Id = "me", Cost = 1000 }] });
        _mesh.Pass(TimeSpan.FromSeconds(1));
        _mesh.TakeAll("a");

        Send("9", "dns@kitchen");

        Envelope sent = Assert.Single(_mesh.TakeAll("a"));
        Assert.Equal(("dns@a", "sender@me", "9"), (sent.To, sent.From, sent.Id));
    }

    [Fact]
    public void Refusal_OfAPing_EndsThatOfOneNode_AndNotThatOfAll()
    {
        _mesh.Act(m => m.Ping(1, new Envelope { Type = MessageType.Ping, From = "sender", To = "dns" }, _mesh.Time));
        _mesh.Act(m => m.Ping(2, new Envelope { Type = MessageType.Ping, From = "sender" }, _mesh.Time));
        Envelope[] asked = [.. _mesh.TakeAll("a")];
        Assert.Equal(["dns@a", null], asked.Select(ping => ping.To));

        Refuse(asked[0].Id!);
        Refuse(asked[1].Id!);

        AnswerRequest refused = Assert.Single(_mesh.Of<AnswerRequest>(), answer => answer.Answer.Error is not null);
        Assert.Equal((1, LocalCastError.NodeNotFound), (refused.Request, refused.Answer.Error!.Code));
    }

    [Fact]
    public void Ping_OfOneNode_ComingTwice_IsDeliveredOnce()
    {
        var ping = new Envelope { Type = MessageType.Ping, Id = "p", From = "x@a", To = "dns@me", Ttl = 10, Route = ["a"] };
        _mesh.Say("a", ping);
        _mesh.Say("a", ping);

        Envelope delivered = Assert.Single(_mesh.Of<DeliverPing>()).Ping;
        Assert.Equal(("dns", null, null), (delivered.To, delivered.Ttl, delivered.Route));
    }

    [Fact]
    public void Message_OfAGroupThatThisAgentIsNotIn_IsForbidden()
    {
        _mesh.Say("a", new Envelope { Type = MessageType.Other, TypeName = "custom", Id = "5", From = "x@a", To = "dns@me", Group = "strangers", Ttl = 10, Route = ["a"] });

        Assert.Equal(LocalCastError.Forbidden, Assert.Single(_mesh.TakeAll("a")).Error!.Code);
        Assert.Empty(_mesh.Of<DeliverMessage>());
    }

    private void Send(string id, string to = "dns@a") =>
        _mesh.Act(m => m.Send(new Envelope { Type = MessageType.Other, TypeName = "custom", Id = id, From = "sender", To = to }, _mesh.Time));

    private void Refuse(string id) => _mesh.Say("a", new Envelope
    {
        Type = MessageType.Ack,
        From = "@a",
        To = "sender@me",
        ReplyTo = id,
        Error = new ErrorInfo(LocalCastError.NodeNotFound, "no node is named 'dns'"),
        Ttl = 10,
        Route = ["a"],
    });
}
