using LocalCast.Protocol;

namespace LocalCast.Mesh.Tests.Routing;

/// <summary>What one neighbour can make this agent keep.</summary>
public sealed class NeighbourRoomTests
{
    private readonly MeshPair _mesh = new(options => options.MostCallsEach = 10);

    public NeighbourRoomTests()
    {
        _mesh.Join("a");
        _mesh.Join("b");
    }

    [Fact]
    public void CallsForThisMachine_OfInventedCallers_AreTheNeighboursShareTogether()
    {
        for (int i = 0; i < 20; i++)
        {
            _mesh.Say("a", Call("a", $"invented-{i}@a", "1"));
        }

        _mesh.Say("b", Call("b", "honest@b", "1"));

        Assert.Equal(10, _mesh.TakeAll("a").Count(answer => answer.Error?.Code == LocalCastError.Busy));
        Assert.Equal(11, _mesh.Of<DeliverCall>().Length);
        Assert.Equal("honest@b", _mesh.Of<DeliverCall>()[^1].Call.From);

        // What is answered makes room again.
        _mesh.Act(machine => machine.AnswerCall(_mesh.Of<DeliverCall>()[0].Handle, new Envelope { Type = MessageType.Result }, _mesh.Time));
        _mesh.Say("a", Call("a", "invented-99@a", "1"));
        Assert.Equal("invented-99@a", _mesh.Of<DeliverCall>()[^1].Call.From);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("from")]
    [InlineData("to")]
    [InlineData("reply_to")]
    public void TextsAboveTheirLimit_AreRefused(string which)
    {
        string book = new('x', 2000);

        _mesh.Say("a", Call("a", which == "from" ? $"{book}@a" : "x@a", which == "id" ? book : "1", which == "to" ? $"{book}@me" : "node@me", which == "reply_to" ? book : null));

        Assert.Equal("its id or an address in it is too long", Assert.Single(_mesh.Of<MeshNotice>(), notice => notice.Name == "refused_message").Reason);
        Assert.Empty(_mesh.Of<DeliverCall>());
    }

    private static Envelope Call(string by, string from, string id, string to = "node@me", string? replyTo = null) =>
        new() { Type = MessageType.Call, Id = id, From = from, To = to, ReplyTo = replyTo, Route = [by], Ttl = 10 };
}
