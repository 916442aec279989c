using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>What participants of other agents call on this machine.</summary>
public sealed class CallFromElsewhereTests : UplinkTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_OfANodeHere_SaysWhoCallsAndWhere(bool isJson)
    {
        RawParticipant dns = await JoinAsync("dns", isJson);

        await CallFromElsewhereAsync("cli@far", "dns", "77");

        Envelope call = await dns.ExpectAsync(MessageType.Call);
        Assert.Equal(("cli@far", "m", "5"), (call.From, call.Method, call.PayloadText()));
        await ReplyAsync(dns, call, "6");
        Envelope result = await Mesh.ExpectAsync(MessageType.Result);
        Assert.Equal(("77", "6"), (result.ReplyTo, result.PayloadText()));
    }

    [Fact]
    public async Task Call_OfANodeThatIsNotHere_NeverGoesBack()
    {
        HaveElsewhere("dns");

        await CallFromElsewhereAsync("cli@far", "dns", "1");
        await CallFromElsewhereAsync("cli@far", "dns@farther", "2");

        Assert.Equal("1", (await Mesh.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound)).ReplyTo);
        Assert.Equal("2", (await Mesh.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound)).ReplyTo);
    }

    [Fact]
    public async Task Call_OfANodeThatIsNotReady_NeverGoesBack()
    {
        HaveElsewhere("dns");
        await JoinAsync("dns", "\"ready\":false");

        await CallFromElsewhereAsync("cli@far", "dns");

        await Mesh.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady);
    }

    [Fact]
    public async Task Call_OfTheUplinkItself_IsNodeNotFound()
    {
        await CallFromElsewhereAsync("cli@far", "p2p");

        await Mesh.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound);
    }

    [Fact]
    public async Task Call_OfTheAgent_AnswersPsAndInfoOnly()
    {
        await JoinAsync("dns");

        await CallFromElsewhereAsync("cli@far", "localcast", "1", "info");
        await CallFromElsewhereAsync("cli@far", "localcast", "2", "ps");
        await CallFromElsewhereAsync("cli@far", "localcast", "3", "stop");

        Assert.Equal("test-agent", (await Mesh.ExpectAsync(MessageType.Result)).Field("name").GetString());
        Envelope nodes = await Mesh.ExpectAsync(MessageType.Result);
        Assert.Equal(("2", "dns"), (nodes.ReplyTo, nodes.Field().EnumerateArray().Single().GetProperty("name").GetString()));
        Assert.Equal("3", (await Mesh.ExpectErrorAsync(MessageType.Result, LocalCastError.Forbidden)).ReplyTo);
    }

    [Fact]
    public async Task Cancel_FromElsewhere_ReachesTheNode()
    {
        RawParticipant dns = await JoinAsync("dns");
        await CallFromElsewhereAsync("cli@far", "dns", "5");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        await Mesh.SendAsync("""{"type":"cancel","to":"dns","reply_to":"5"}""");

        Assert.Equal(call.Id, (await dns.ExpectAsync(MessageType.Cancel)).ReplyTo);
        await Mesh.ExpectErrorAsync(MessageType.Result, LocalCastError.Cancelled);
    }

    [Fact]
    public async Task Node_Leaves_FailsTheCallFromElsewhereAtOnce()
    {
        RawParticipant dns = await JoinAsync("dns");
        await CallFromElsewhereAsync("cli@far", "dns", "5");
        await dns.ExpectAsync(MessageType.Call);

        await LeaveAsync(dns);

        Assert.Equal("5", (await Mesh.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected)).ReplyTo);
        Assert.Equal(0, Time.GetTimestamp());
    }

    [Fact]
    public async Task Node_DoesNotAnswer_CallFromElsewhereEndsAtItsDeadline()
    {
        RawParticipant dns = await JoinAsync("dns");
        await CallFromElsewhereAsync("cli@far", "dns", "5", deadlineMs: 1000);
        await dns.ExpectAsync(MessageType.Call);

        Time.Advance(TimeSpan.FromSeconds(1.2));

        Assert.Equal("5", (await Mesh.ExpectErrorAsync(MessageType.Result, LocalCastError.Timeout)).ReplyTo);
        await dns.ExpectAsync(MessageType.Cancel);
    }

    [Fact]
    public async Task TwoCallers_OfDifferentAgents_AreToldApart()
    {
        RawParticipant dns = await JoinAsync("dns");
        await CallFromElsewhereAsync("cli@far", "dns", "1");
        await CallFromElsewhereAsync("cli@near", "dns", "2");
        Envelope first = await dns.ExpectAsync(MessageType.Call);
        Envelope second = await dns.ExpectAsync(MessageType.Call);
        Assert.Equal(("cli@far", "cli@near"), (first.From, second.From));

        await ReplyAsync(dns, second, "22");
        await ReplyAsync(dns, first, "11");

        Assert.Equal(("2", "22"), await ResultAsync());
        Assert.Equal(("1", "11"), await ResultAsync());
    }

    [Fact]
    public async Task Message_OfAnUnknownType_ReachesTheNode()
    {
        RawParticipant dns = await JoinAsync("dns");

        await Mesh.SendAsync("""{"type":"custom","from":"cli@far","to":"dns","id":"9","data":{"a":1}}""");

        Envelope message = await dns.ExpectAsync(MessageType.Other);
        Assert.Equal(("custom", "cli@far", "9"), (message.TypeName, message.From, message.Id));
    }

    /// <summary>What somebody elsewhere made up must not cost this machine its way into the mesh.</summary>
    [Theory]
    [InlineData("""{"type":"hello","from":"cli@far","data":{"protocol":[1,1],"name":"x"}}""")]
    [InlineData("""{"type":"goodbye","from":"cli@far","error":{"name":"Internal","message":"bye"}}""")]
    [InlineData("""{"type":"ready","from":"cli@far","id":"1","data":{"methods":["m"]}}""")]
    [InlineData("""{"type":"subscribe","from":"cli@far","topic":"news"}""")]
    [InlineData("""{"type":"require","from":"cli@far","id":"1","data":{"names":["nobody"],"scope":"mesh"}}""")]
    [InlineData("""{"type":"shutdown","from":"cli@far","to":"dns","id":"1"}""")]
    [InlineData("""{"type":"extend","from":"cli@far","id":"1","deadline_ms":5}""")]
    [InlineData("""{"type":"publish","from":"cli@far","topic":"localcast.nodes","data":{"payload":1}}""")]
    [InlineData("""{"type":"publish","from":"cli@far","topic":"a..b","data":{"payload":1}}""")]
    public async Task WhatTheMeshDoesNotSend_DoesNoHarm(string message)
    {
        RawParticipant dns = await JoinAsync("dns", "\"topics\":[\">\"]");

        await Mesh.SendAsync(message);

        await CallFromElsewhereAsync("cli@far", "dns", "77");
        await dns.ExpectAsync(MessageType.Call);
        RawParticipant publisher = await JoinAsync("publisher");
        await PublishAsync(publisher, "all");
        await dns.ExpectAsync(MessageType.Publish);
    }

    [Fact]
    public async Task Call_WithAMethodThatIsTooLong_FailsAndTheUplinkStays()
    {
        RawParticipant dns = await JoinAsync("dns");

        await CallFromElsewhereAsync("cli@far", "dns", "1", new string('m', 600));
        await CallFromElsewhereAsync("cli@far", "dns", "2");

        Assert.Equal("1", (await Mesh.ExpectErrorAsync(MessageType.Result, LocalCastError.BadRequest)).ReplyTo);
        await dns.ExpectAsync(MessageType.Call);
    }

    [Fact]
    public async Task Call_OfTheLargestSizeWithLongerNames_IsTaken()
    {
        RawParticipant dns = await JoinAsync("dns");
        string payload = new('x', Agent.Options.Protocol.MaxFrameBytes - 60);

        await Mesh.SendAsync($$$"""{"type":"call","id":"1","from":"{{{new string('c', 100)}}}@far","to":"dns","data":{"method":"m","args":"{{{payload}}}"}}""");

        Assert.Equal(payload.Length + 2, (await dns.ExpectAsync(MessageType.Call)).Payload.Length);
    }

    private async Task<(string?, string)> ResultAsync()
    {
        Envelope result = await Mesh.ExpectAsync(MessageType.Result);
        return (result.ReplyTo, result.PayloadText());
    }
}
