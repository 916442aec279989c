using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>From one machine's participants to another's, through both hubs, both bridges and both machines of the mesh.</summary>
public sealed class HubBridgeTests : MeshPairTest
{
    [Theory]
    [InlineData("dns", true)]
    [InlineData("dns@far", false)]
    [InlineData("", false)]
    public async Task Call_BothWays_SaysWhoCalledAndComesBack(string to, bool isJson)
    {
        RawParticipant caller = await JoinAsync(Pair.Here, "caller", isJson);
        RawParticipant dns = await JoinAsync(Pair.Far, "dns", !isJson);
        await Pair.MeetAsync();

        await CallAsync(caller, to.Length == 0 ? Channel.OfName("dns").ToString() : to, "x7");

        Envelope call = await dns.ExpectAsync(MessageType.Call);
        Assert.Equal(("caller@here", "m", "5"), (call.From, call.Method, call.PayloadText()));
        await dns.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","data":{"success":true,"result":6}}""");
        Envelope result = await caller.ExpectAsync(MessageType.Result);
        Assert.Equal(("x7", "6", null), (result.ReplyTo, result.PayloadText(), result.Error));
    }

    [Theory]
    [InlineData("localcast@far")]
    [InlineData("@far")]
    public async Task Call_OfTheOtherAgent_IsAnsweredByIt(string to)
    {
        RawParticipant caller = await JoinAsync(Pair.Here, "caller");
        await Pair.MeetAsync();

        await caller.SendAsync($$$"""{"type":"call","id":"1","to":"{{{to}}}","data":{"method":"info"}}""");

        Assert.Equal("far", (await caller.ExpectAsync(MessageType.Result)).Field("name").GetString());
    }

    [Fact]
    public async Task Cancel_ReachesTheCalleeAndTheCallerHasOneAnswer()
    {
        RawParticipant caller = await JoinAsync(Pair.Here, "caller");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();
        await CallAsync(caller, "dns", "7");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        await caller.SendAsync("""{"type":"cancel","to":"dns","reply_to":"7"}""");

        Assert.Equal(call.Id, (await dns.ExpectAsync(MessageType.Cancel)).ReplyTo);
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Cancelled);
        await caller.ExpectNothingAsync();
    }

    [Fact]
    public async Task Callee_Leaves_TheCallerHearsIt()
    {
        RawParticipant caller = await JoinAsync(Pair.Here, "caller");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();
        await CallAsync(caller, "dns", "7");
        await dns.ExpectAsync(MessageType.Call);

        dns.Connection.Abort();

        Assert.Equal("7", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected)).ReplyTo);
    }

    [Fact]
    public async Task Call_AnsweredByNobody_EndsAtItsDeadline()
    {
        RawParticipant caller = await JoinAsync(Pair.Here, "caller");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();
        await CallAsync(caller, "dns", "7", ",\"deadline_ms\":1000");
        await dns.ExpectAsync(MessageType.Call);

        await Pair.AdvanceAsync(TimeSpan.FromSeconds(1.1));

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Timeout);
        await dns.ExpectAsync(MessageType.Cancel);
    }

    [Fact]
    public async Task Publish_All_ReachesSubscribersOnce()
    {
        RawParticipant publisher = await JoinAsync(Pair.Here, "publisher");
        RawParticipant subscriber = await JoinAsync(Pair.Far, "subscriber", true, "\"topics\":[\"news.*\"]");
        RawParticipant other = await JoinAsync(Pair.Far, "other");
        await Pair.MeetAsync();

        await publisher.SendAsync("""{"type":"publish","topic":"news.x","data":{"payload":1}}""");

        Envelope publication = await subscriber.ExpectAsync(MessageType.Publish);
        Assert.Equal(("publisher@here", "news.x", "1"), (publication.From, publication.Topic, publication.PayloadText()));
        await subscriber.ExpectNothingAsync();
        await other.ExpectNothingAsync();
    }

    [Fact]
    public async Task Publish_One_IsAcknowledgedAcross()
    {
        RawParticipant publisher = await JoinAsync(Pair.Here, "publisher");
        RawParticipant worker = await JoinAsync(Pair.Far, "worker", true, "\"topics\":[\"jobs\"]");
        await Pair.MeetAsync();

        await publisher.SendAsync("""{"type":"publish","id":"p","topic":"jobs","data":{"mode":"one","payload":1}}""");

        Envelope job = await worker.ExpectAsync(MessageType.Publish);
        await worker.SendAsync($$$"""{"type":"ack","reply_to":"{{{job.Id}}}"}""");
        Envelope ack = await publisher.ExpectAsync(MessageType.Ack);
        Assert.Equal(("p", null), (ack.ReplyTo, ack.Error));
    }

    [Fact]
    public async Task Ping_OfTheMesh_FindsNodesOfBoth()
    {
        RawParticipant asker = await JoinAsync(Pair.Here, "asker");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();

        await asker.SendAsync("""{"type":"ping","id":"r","data":{"scope":"mesh"}}""");

        Assert.Equal(1, (await asker.ExpectAsync(MessageType.Ack)).Field("asked").GetInt32());
        Envelope ping = await dns.ExpectAsync(MessageType.Ping);
        Assert.Equal("asker@here", ping.From);
        await dns.SendAsync($$$"""{"type":"pong","to":"{{{ping.From}}}","reply_to":"{{{ping.Id}}}"}""");
        Envelope pong = await asker.ExpectAsync(MessageType.Pong);
        Assert.Equal(("dns@far", "r"), (pong.From, pong.ReplyTo));
    }

    [Fact]
    public async Task Require_OfTheMesh_WaitsForANodeElsewhere()
    {
        RawParticipant asker = await JoinAsync(Pair.Here, "asker");
        await Pair.MeetAsync();
        await asker.SendAsync("""{"type":"require","id":"r","data":{"names":["dns"],"scope":"mesh"}}""");
        await asker.ExpectNothingAsync();

        await JoinAsync(Pair.Far, "dns");
        await Pair.AgreeAsync();

        Envelope required = await asker.ExpectAsync(MessageType.Required);
        Assert.Equal(("r", "dns"), (required.ReplyTo, required.Field("nodes")[0].GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Message_OfAnUnknownType_GoesAcross()
    {
        RawParticipant sender = await JoinAsync(Pair.Here, "sender");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();

        await sender.SendAsync("""{"type":"custom","id":"9","to":"dns@far","data":{"a":1}}""");

        Envelope message = await dns.ExpectAsync(MessageType.Other);
        Assert.Equal(("custom", "sender@here", """{"a":1}"""), (message.TypeName, message.From, message.PayloadText()));
    }

    /// <summary>What another agent takes, and this one does not, is an error of that one message.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WhatIsTooLarge_ForOneOfTheTwo_FailsByNameAndTheNextGoesThrough(bool isTheCall)
    {
        await using var pair = new MeshPair(mostHere: isTheCall ? 1024 * 1024 : 4096, mostFar: isTheCall ? 4096 : 1024 * 1024);
        RawParticipant caller = await JoinAsync(pair.Here, "caller", isJson: false);
        RawParticipant dns = await JoinAsync(pair.Far, "dns", isJson: false);
        await pair.MeetAsync();
        string large = new('x', 6000);

        await caller.SendAsync($$$"""{"type":"call","id":"1","to":"dns","data":{"method":"m","args":"{{{(isTheCall ? large : "")}}}"}}""");
        if (!isTheCall)
        {
            Envelope call = await dns.ExpectAsync(MessageType.Call);
            await dns.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","data":{"success":true,"result":"{{{large}}}"}}""");
        }

        Assert.Equal("1", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.TooLarge)).ReplyTo);
        await CallAsync(caller, "dns", "2");
        Assert.Equal("5", (await dns.ExpectAsync(MessageType.Call)).PayloadText());
        await caller.DisposeAsync();
        await dns.DisposeAsync();
    }
}
