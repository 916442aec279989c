using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>A ping to one node, wherever it is, and how far a ping may reach.</summary>
public sealed class PingOneElsewhereTests : UplinkTest
{
    [Theory]
    [InlineData("dns@far", "")]
    [InlineData("dns", ",\"data\":{\"scope\":\"mesh\"}")]
    public async Task Ping_OfANodeElsewhere_GoesOutAndIsAnswered(string to, string data)
    {
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant other = await JoinAsync("other");

        await PingAsync(asker, to, data);

        Assert.Equal(1, (await asker.ExpectAsync(MessageType.Ack)).Field("asked").GetInt32());
        Envelope ping = await Mesh.ExpectAsync(MessageType.Ping);
        Assert.Equal(("asker", to, "r"), (ping.From, ping.To, ping.Id));
        await Mesh.SendAsync("""{"type":"pong","from":"dns@far","to":"asker","reply_to":"r"}""");
        Assert.Equal("dns@far", (await asker.ExpectAsync(MessageType.Pong)).From);
        await other.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("dns", ",\"data\":{\"scope\":\"mesh\"}")]
    [InlineData("dns@here", "")]
    public async Task Ping_OfANodeThatIsHere_StaysHere(string to, string data)
    {
        HaveElsewhere("dns");
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant dns = await JoinAsync("dns");

        await PingAsync(asker, to, data);

        await dns.ExpectAsync(MessageType.Ping);
        await Mesh.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("dns")]
    [InlineData("dns@here")]
    public async Task Ping_OfANodeThatIsNotHere_IsNodeNotFound(string to)
    {
        HaveElsewhere("dns");
        RawParticipant asker = await JoinAsync("asker");

        await PingAsync(asker, to, "");

        Assert.Equal("r", (await asker.ExpectErrorAsync(MessageType.Ack, LocalCastError.NodeNotFound)).ReplyTo);
        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task Refuse_OfAPing_TellsTheAskerAndEndsTheRound()
    {
        RawParticipant asker = await JoinAsync("asker");
        await PingAsync(asker, "dns@far", "");
        await asker.ExpectAsync(MessageType.Ack);

        Hub.Refuse("asker", "r", new ErrorInfo(LocalCastError.NoRoute, "no agent 'far' is known"));

        Assert.Equal("r", (await asker.ExpectErrorAsync(MessageType.Ack, LocalCastError.NoRoute)).ReplyTo);
        Assert.Equal(0, Hub.Census.Pings);
    }

    [Fact]
    public void Refuse_WhoHasLeft_IsNobodysBusiness() => Hub.Refuse("nobody", "r", new ErrorInfo(LocalCastError.NoRoute, "gone"));

    [Fact]
    public async Task PingFromElsewhere_OfNobody_IsNodeNotFound()
    {
        await Mesh.SendAsync("""{"type":"ping","id":"p1","from":"cli@far","to":"nobody"}""");

        Assert.Equal("p1", (await Mesh.ExpectErrorAsync(MessageType.Ack, LocalCastError.NodeNotFound)).ReplyTo);
    }

    [Theory]
    [InlineData("\"galaxy\"")]
    [InlineData("\"Mesh\"")]
    [InlineData("7")]
    public async Task Scope_ThatThereIsNot_IsBadRequestWithThoseThereAre(string scope)
    {
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant other = await JoinAsync("other");

        await asker.SendAsync($$$"""{"type":"ping","id":"r","data":{"scope":{{{scope}}}}}""");
        Envelope refused = await asker.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest);
        await asker.SendAsync($$$"""{"type":"require","id":"q","data":{"names":["other"],"scope":{{{scope}}}}}""");
        Envelope required = await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.BadRequest);

        Assert.Equal(("r", "q"), (refused.ReplyTo, required.ReplyTo));
        Assert.Equal($"scope is \"machine\" or \"mesh\", not {scope}", refused.Error!.Message);
        Assert.Contains("\"machine\" or \"mesh\"", required.Error!.Message, StringComparison.Ordinal);
        await other.ExpectNothingAsync();
        await Mesh.ExpectNothingAsync();
    }

    private static Task PingAsync(RawParticipant asker, string to, string data) => asker.SendAsync($$$"""{"type":"ping","id":"r","to":"{{{to}}}"{{{data}}}}""");
}
