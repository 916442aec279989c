using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>Messages of types that only participants know, and what becomes of those that go nowhere.</summary>
public sealed class MessageElsewhereTests : UplinkTest
{
    [Fact]
    public async Task Message_ToThisAgentByName_ReachesItsNode()
    {
        RawParticipant sender = await JoinAsync("sender");
        RawParticipant dns = await JoinAsync("dns");

        await sender.SendAsync("""{"type":"custom","id":"9","to":"dns@here","data":1}""");

        Envelope message = await dns.ExpectAsync(MessageType.Other);
        Assert.Equal(("custom", "sender", "9"), (message.TypeName, message.From, message.Id));
        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task Message_RefusedElsewhere_ItsSenderHearsIt()
    {
        RawParticipant sender = await JoinAsync("sender");
        await sender.SendAsync("""{"type":"custom","id":"9","to":"dns@far","data":1}""");
        await Mesh.ExpectAsync(MessageType.Other);

        Hub.Refuse("sender", "9", new ErrorInfo(LocalCastError.NoRoute, "no agent 'far' is known"));

        Assert.Equal("9", (await sender.ExpectErrorAsync(MessageType.Ack, LocalCastError.NoRoute)).ReplyTo);
    }

    /// <summary>Its id is whatever its sender made up, also the number of a call that another one elsewhere waits for.</summary>
    [Fact]
    public async Task MessageFromElsewhere_ToNobody_IsRefusedWithItsSendersName()
    {
        RawParticipant dns = await JoinAsync("dns");
        await CallFromElsewhereAsync("cli@far", "dns", "5");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        await Mesh.SendAsync("""{"type":"custom","id":"5","from":"other@far","to":"nobody"}""");

        Envelope refused = await Mesh.ExpectErrorAsync(MessageType.Ack, LocalCastError.NodeNotFound);
        Assert.Equal(("5", "other@far"), (refused.ReplyTo, refused.To));
        await ReplyAsync(dns, call, "6");
        Assert.Equal("5", (await Mesh.ExpectAsync(MessageType.Result)).ReplyTo);
    }

    [Fact]
    public async Task MessageFromElsewhere_WithoutAnIdToNobody_IsNotAnswered()
    {
        await Mesh.SendAsync("""{"type":"custom","from":"other@far","to":"nobody"}""");

        await Mesh.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("all")]
    [InlineData("every")]
    [InlineData("one")]
    public async Task Publish_ToAGroupThatThisAgentIsNotIn_IsForbiddenAndReachesNobody(string mode)
    {
        Hub.SetUplinkTopics(["news"]);
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant subscriber = await JoinAsync("subscriber", "\"topics\":[\"news\"]");
        await PublishAsync(publisher, "all"); // so that the topic is known
        await subscriber.ExpectAsync(MessageType.Publish);
        await Mesh.ExpectAsync(MessageType.Publish);

        await PublishAsync(publisher, mode, ",\"id\":\"p\",\"group\":\"strangers\"");

        Assert.Equal("p", (await publisher.ExpectErrorAsync(MessageType.Ack, LocalCastError.Forbidden)).ReplyTo);
        await subscriber.ExpectNothingAsync();
        await Mesh.ExpectNothingAsync();
        await PublishAsync(publisher, "all", ",\"group\":\"staff\"");
        await subscriber.ExpectAsync(MessageType.Publish);
        await Mesh.ExpectAsync(MessageType.Publish);
    }

    [Fact]
    public async Task Ps_FromElsewhere_OfAnAgentThatHidesItsNodes_IsForbidden()
    {
        await JoinAsync("dns");
        Others.TellsNodes = false;

        await CallFromElsewhereAsync("cli@far", "localcast", "1", "ps");
        await Mesh.ExpectErrorAsync(MessageType.Result, LocalCastError.Forbidden);
        await CallFromElsewhereAsync("cli@far", "localcast", "2", "info");

        Assert.Null((await Mesh.ExpectAsync(MessageType.Result)).Error);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Result_FromElsewhere_SaysFromWhom(bool isJson)
    {
        RawParticipant caller = await JoinAsync("caller", isJson);
        await CallAsync(caller, "dns@far", "x7");
        Envelope call = await Mesh.ExpectAsync(MessageType.Call);

        await Mesh.SendAsync($$$"""{"type":"result","from":"dns@far","reply_to":"{{{call.Id}}}","data":{"success":true,"result":6}}""");

        Envelope result = await caller.ExpectAsync(MessageType.Result);
        Assert.Equal(("dns@far", "x7", "6"), (result.From, result.ReplyTo, result.PayloadText()));
    }

    [Fact]
    public async Task Uplink_Ends_IsNoParticipantThatLeft()
    {
        await JoinAsync("dns");
        await EndUplinkAsync();

        await UntilAsync(() => Hub.Census.Sessions == 1);
        Assert.DoesNotContain(Agent.Log.Entries, entry => entry.Message.Contains(" left", StringComparison.Ordinal));
    }
}
