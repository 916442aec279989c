using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

public sealed class CallTests : HubTest
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Call_BetweenAnyKinds_BringsItsResultBack(bool callerIsJson, bool calleeIsJson)
    {
        RawParticipant caller = await JoinAsync("caller", callerIsJson);
        RawParticipant dns = await JoinAsync("dns", calleeIsJson);

        await caller.SendAsync("""{"type":"call","id":"any text","to":"dns","data":{"method":"resolve","args":["example.org",{"a":[1]}]},"deadline_ms":5000,"headers":{"traceparent":"00-x"}}""");
        Envelope call = await dns.ExpectAsync(MessageType.Call);
        Assert.Equal(("caller", "resolve", """["example.org",{"a":[1]}]"""), (call.From, call.Method, call.PayloadText()));
        Assert.Equal("00-x", call.Headers!["traceparent"]);
        Assert.InRange(call.DeadlineMs!.Value, 1u, 5000u);
        await ReplyAsync(dns, call, "[\"192.0.2.1\"]");

        Envelope result = await caller.ExpectAsync(MessageType.Result);
        Assert.Equal(("any text", """["192.0.2.1"]"""), (result.ReplyTo, result.PayloadText()));
        Assert.Equal(Channel.OfName("dns"), Channel.OfAddress(result.From!));
        Assert.Null(result.Error);
    }

    [Theory]
    [InlineData("call", MessageType.Result)]
    [InlineData("ping", MessageType.Ack)]
    public async Task NodeOfAnotherAgent_ThisOneIsInNoMesh_IsToldSo(string type, MessageType answer)
    {
        RawParticipant caller = await JoinAsync("caller", isJson: true);

        await caller.SendAsync($$$"""{"type":"{{{type}}}","id":"1","to":"dns@kitchen","data":{"method":"resolve"}}""");

        Envelope failed = await caller.ExpectErrorAsync(answer, LocalCastError.NodeNotFound);
        Assert.Equal("'dns@kitchen' is the node of an agent in a mesh, and this agent is in none", failed.Error!.Message);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Call_NullResult_IsAResult(bool callerIsJson, bool calleeIsJson)
    {
        RawParticipant caller = await JoinAsync("caller", callerIsJson);
        RawParticipant dns = await JoinAsync("dns", calleeIsJson);

        await caller.SendAsync("""{"type":"call","id":"1","to":"dns","data":{"method":"m"}}""");
        await ReplyAsync(dns, await dns.ExpectAsync(MessageType.Call), "null");

        Envelope result = await caller.ExpectAsync(MessageType.Result);
        Assert.Contains("\"success\":true,\"result\":null", result.Text());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_WithBytes_BringsBytesBothWays(bool callerIsJson)
    {
        RawParticipant caller = await JoinAsync("caller", callerIsJson);
        RawParticipant dns = await JoinAsync("dns", !callerIsJson);

        await caller.SendAsync("""{"type":"call","id":"1","to":"dns","data":{"method":"m","bytes":"AP8B"}}""");
        Envelope call = await dns.ExpectAsync(MessageType.Call);
        Assert.Equal((PayloadKind.Bytes, "00FF01"), (call.PayloadKind, Convert.ToHexString(call.Payload.Span)));
        await dns.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","data":{"success":true,"bytes":"AgM="}}""");

        Envelope result = await caller.ExpectAsync(MessageType.Result);
        Assert.Equal((PayloadKind.Bytes, "0203"), (result.PayloadKind, Convert.ToHexString(result.Payload.Span)));
    }

    [Fact]
    public async Task Call_ByChannel_ReachesTheNode()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns");

        await caller.SendAsync("""{"type":"call","id":"1","to":"b3bf60b851ebaeb2768b01a32e2ef32f","data":{"method":"m"}}""");

        await dns.ExpectAsync(MessageType.Call);
    }

    [Fact]
    public async Task Call_ManyOutOfOrder_EachGetsItsOwnAnswer()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns");
        await caller.SendAllAsync(Enumerable.Range(0, 100).Select(i => $$$"""{"type":"call","id":"c{{{i}}}","to":"dns","data":{"method":"m","args":{{{i}}}}}"""));
        List<Envelope> calls = [];
        for (int i = 0; i < 100; i++)
        {
            calls.Add(await dns.ExpectAsync(MessageType.Call));
        }

        calls.Reverse();
        await dns.SendAllAsync(calls.Select(call => $$$"""{"type":"result","reply_to":"{{{call.Id}}}","data":{"success":true,"result":{{{call.PayloadText()}}}}}"""));

        for (int i = 99; i >= 0; i--)
        {
            Envelope result = await caller.ExpectAsync(MessageType.Result);
            Assert.Equal(($"c{i}", $"{i}"), (result.ReplyTo, result.PayloadText()));
        }
    }

    [Theory]
    [InlineData("""{"type":"call","id":"1","to":"nobody","data":{"method":"m"}}""", LocalCastError.NodeNotFound)]
    [InlineData("""{"type":"call","id":"1","to":"11111111111111111111111111111111","data":{"method":"m"}}""", LocalCastError.NodeNotFound)]
    [InlineData("""{"type":"call","id":"1","to":"client","data":{"method":"m"}}""", LocalCastError.MethodNotFound)]
    [InlineData("""{"type":"call","id":"1","to":"starting","data":{"method":"m"}}""", LocalCastError.NodeNotReady)]
    [InlineData("""{"type":"call","id":"1","to":"dns","data":{}}""", LocalCastError.BadRequest)]
    [InlineData("""{"type":"call","id":"1","to":"dns"}""", LocalCastError.BadRequest)]
    [InlineData("""{"type":"call","to":"dns","data":{"method":"m"}}""", LocalCastError.BadRequest)]
    [InlineData("""{"type":"call","id":"1","to":"dns","data":{"method":"m"},"deadline_ms":0}""", LocalCastError.Timeout)]
    [InlineData("""{"type":"call","id":"1","to":"localcast","data":{"method":"m"}}""", LocalCastError.MethodNotFound)]
    public async Task Call_ThatCannotBe_IsAnsweredAtOnce(string call, LocalCastError error)
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns");
        await JoinAsync("client", "\"role\":\"client\"");
        await JoinAsync("starting", "\"ready\":false");

        await caller.SendAsync(call);

        await caller.ExpectErrorAsync(MessageType.Result, error);
        await caller.ExpectNothingAsync();
        await dns.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task From_Forged_IsOverwritten(bool isJson)
    {
        RawParticipant liar = await JoinAsync("liar", isJson);
        RawParticipant dns = await JoinAsync("dns", isJson: false);

        foreach (string from in (string[])["king", "b06531b17f9586226d526fff54527c8c", "localcast"])
        {
            foreach (string type in (string[])["call", "publish", "ping", "note"])
            {
                await liar.SendAsync($$$"""{"type":"{{{type}}}","id":"{{{type}}}{{{from}}}","from":"{{{from}}}","to":"dns","topic":"t","data":{"method":"m","mode":"every"}}""");
                Envelope got = await dns.ReceiveAsync();
                Assert.Equal((type, "liar"), (got.Spelling, got.From));
            }

            await dns.SendAsync($$$"""{"type":"publish","topic":"drain","data":{"mode":"every"}}"""); // nodes hear themselves, too
            await dns.ExpectAsync(MessageType.Publish);
        }
    }

    [Fact]
    public async Task Result_From_IsOverwritten()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns");
        await caller.SendAsync("""{"type":"call","id":"1","to":"dns","data":{"method":"m"}}""");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        await dns.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","from":"king","to":"somebody","data":{"success":true,"result":1}}""");

        Assert.Equal(Channel.OfName("dns"), Channel.OfAddress((await caller.ExpectAsync(MessageType.Result)).From!));
    }

    [Fact]
    public async Task Result_NotYoursDoubledOrUnknown_IsToldToItsSenderOnly()
    {
        RawParticipant caller = await JoinAsync("caller", isJson: false);
        RawParticipant dns = await JoinAsync("dns");
        RawParticipant thief = await JoinAsync("thief");
        await caller.SendAsync("""{"type":"call","id":"1","to":"dns","data":{"method":"m"}}""");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        await ReplyAsync(thief, call, "\"stolen\"");
        await thief.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest);
        await thief.SendAsync("""{"type":"result","data":{"success":true,"result":1}}""");
        await thief.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest);
        await ReplyAsync(dns, call, "1");
        await ReplyAsync(dns, call, "2");

        Assert.Equal(call.Id, (await dns.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest)).ReplyTo);
        Assert.Equal("1", (await caller.ExpectAsync(MessageType.Result)).PayloadText());
        await caller.ExpectNothingAsync();
        Assert.Equal(3, Agent.Broadcaster.Counters.LateAnswers);
    }

    [Fact]
    public async Task Result_WithAnError_ReachesTheCallerWhole()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns", isJson: false);
        await caller.SendAsync("""{"type":"call","id":"1","to":"dns","data":{"method":"m"}}""");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        await dns.SendAsync($$$$"""{"type":"result","reply_to":"{{{{call.Id}}}}","data":{"success":false},"error":{"name":"HandlerFailed","message":"locked","retry_after_ms":7,"data":{"zone":1}}}""");

        ErrorInfo error = (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.HandlerFailed)).Error!;
        Assert.Equal(("locked", TimeSpan.FromMilliseconds(7), """{"zone":1}"""), (error.Message, error.RetryAfter, error.DataJson));
    }

    [Fact]
    public async Task Result_BinaryThatClaimsToBeJson_FailsItsCallerOnly()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns", isJson: false);
        await caller.SendAsync("""{"type":"call","id":"1","to":"dns","data":{"method":"m"}}""");
        Envelope call = await dns.ExpectAsync(MessageType.Call);
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        BinaryCodec.Encode(new Envelope { Type = MessageType.Result, ReplyTo = call.Id, PayloadKind = PayloadKind.Json, Payload = "{nonsense"u8.ToArray() }, body);

        await dns.SendFrameAsync(body.WrittenMemory);

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.HandlerFailed);
        await dns.ExpectNothingAsync();
    }

    [Fact]
    public async Task Ps_Called_DescribesEverybody()
    {
        RawParticipant caller = await JoinAsync("caller", "\"role\":\"client\"");
        await JoinAsync("dns", "\"version\":\"1.2\",\"pid\":7,\"methods\":[\"resolve\"],\"requires\":[\"dht\"],\"ready\":false");

        await caller.SendAsync("""{"type":"call","id":"1","to":"localcast","data":{"method":"ps","args":[]}}""");

        Envelope result = await caller.ExpectAsync(MessageType.Result);
        Assert.Equal(["caller", "dns"], result.Field().EnumerateArray().Select(d => d.GetProperty("name").GetString()));
        Assert.Contains("\"version\":\"1.2\",\"role\":\"node\",\"state\":\"Starting\",\"pid\":7,\"methods\":[\"resolve\"],\"requires\":[\"dht\"]", result.PayloadText());
    }

    [Theory]
    [InlineData("addr_request")]
    [InlineData("state")]
    [InlineData("shutdown")]
    public async Task Type_OfAgentsOnly_IsForbidden(string type)
    {
        RawParticipant sender = await JoinAsync("sender");

        await sender.SendAsync($$"""{"type":"{{type}}","id":"1"}""");

        await sender.ExpectErrorAsync(MessageType.Ack, LocalCastError.Forbidden);
        await sender.ExpectNothingAsync();
    }

    [Fact]
    public async Task Type_Unknown_IsDeliveredToItsAddressOrToEveryOtherNode()
    {
        RawParticipant sender = await JoinAsync("sender");
        RawParticipant a = await JoinAsync("a", isJson: false);
        RawParticipant b = await JoinAsync("b");
        RawParticipant client = await JoinAsync("client", "\"role\":\"client\"");

        await sender.SendAsync("""{"type":"note","id":"7","to":"a","data":{"x":1}}""");
        await sender.SendAsync("""{"type":"note","data":2}""");
        await sender.SendAsync("""{"type":"note","id":"9","to":"nobody","data":3}""");

        Envelope first = await a.ExpectAsync(MessageType.Other);
        Assert.Equal(("note", "7", "sender", """{"x":1}"""), (first.TypeName, first.Id, first.From, first.PayloadText()));
        Assert.Equal("2", (await a.ExpectAsync(MessageType.Other)).PayloadText());
        Assert.Equal("2", (await b.ExpectAsync(MessageType.Other)).PayloadText());
        await client.ExpectNothingAsync();
        await sender.ExpectErrorAsync(MessageType.Ack, LocalCastError.NodeNotFound);
        await sender.ExpectNothingAsync();
    }
}
