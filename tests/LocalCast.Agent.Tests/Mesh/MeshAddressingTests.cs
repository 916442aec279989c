using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>What is sent to one, and to nobody: it arrives, or its sender hears by name why not.</summary>
public sealed class MeshAddressingTests : MeshPairTest
{
    [Theory]
    [InlineData("dns@far", "")]
    [InlineData("dns", ",\"data\":{\"scope\":\"mesh\"}")]
    public async Task Ping_OfOneNode_IsAnsweredByItAlone(string to, string data)
    {
        RawParticipant asker = await JoinAsync(Pair.Here, "asker");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        RawParticipant other = await JoinAsync(Pair.Far, "other");
        await Pair.MeetAsync();

        await asker.SendAsync($$$"""{"type":"ping","id":"r","to":"{{{to}}}"{{{data}}}}""");

        Assert.Equal(1, (await asker.ExpectAsync(MessageType.Ack)).Field("asked").GetInt32());
        Envelope ping = await dns.ExpectAsync(MessageType.Ping);
        Assert.Equal(("asker@here", null, null), (ping.From, ping.Ttl, ping.Route));
        await dns.SendAsync($$$"""{"type":"pong","to":"{{{ping.From}}}","reply_to":"{{{ping.Id}}}"}""");
        Envelope pong = await asker.ExpectAsync(MessageType.Pong);
        Assert.Equal(("dns@far", "r", null, null), (pong.From, pong.ReplyTo, pong.Ttl, pong.Route));
        await other.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("nobody@far", "", LocalCastError.NodeNotFound)]
    [InlineData("dns@nowhere", "", LocalCastError.NoRoute)]
    [InlineData("nobody", ",\"data\":{\"scope\":\"mesh\"}", LocalCastError.NodeNotFound)]
    [InlineData("localcast@far", "", LocalCastError.BadRequest)]
    public async Task Ping_OfNobody_IsRefusedByName(string to, string data, LocalCastError why)
    {
        RawParticipant asker = await JoinAsync(Pair.Here, "asker");
        await Pair.MeetAsync();

        await asker.SendAsync($$$"""{"type":"ping","id":"r","to":"{{{to}}}"{{{data}}}}""");

        await asker.ExpectAsync(MessageType.Ack); // it was handed on
        Assert.Equal("r", (await asker.ExpectErrorAsync(MessageType.Ack, why)).ReplyTo);
        await asker.ExpectNothingAsync();
    }

    /// <summary>One of many hubs that is too busy to ask its nodes does not end the discovery of all.</summary>
    [Fact]
    public async Task Ping_OfAll_ThatOneAgentCannotTake_GoesOn()
    {
        RawParticipant asker = await JoinAsync(Pair.Here, "asker");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        RawParticipant near = await JoinAsync(Pair.Here, "near");
        await Pair.MeetAsync();
        for (int i = 0; i < 256; i++)
        {
            await asker.SendAsync($$$"""{"type":"ping","id":"r{{{i}}}","to":"dns@far"}""");
            await asker.ExpectAsync(MessageType.Ack);
            await dns.ExpectAsync(MessageType.Ping);
            if (i % 8 == 7)
            {
                await LeaveAsync(Pair.Here, asker, "asker");
                asker = await JoinAsync(Pair.Here, "asker");
            }
        }

        await asker.SendAsync("""{"type":"ping","id":"all","data":{"scope":"mesh"}}""");

        Assert.Null((await asker.ExpectAsync(MessageType.Ack)).Error);
        Envelope ping = await near.ExpectAsync(MessageType.Ping);
        await near.SendAsync($$$"""{"type":"pong","to":"asker","reply_to":"{{{ping.Id}}}"}""");
        await asker.ExpectAsync(MessageType.Pong);
        await asker.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("nobody@far", LocalCastError.NodeNotFound)]
    [InlineData("@far", LocalCastError.NodeNotFound)]
    [InlineData("localcast@far", LocalCastError.NodeNotFound)]
    [InlineData("dns@nowhere", LocalCastError.NoRoute)]
    [InlineData("nobody@here", LocalCastError.NodeNotFound)]
    public async Task Message_ToNobody_IsRefusedByNameAndOnce(string to, LocalCastError why)
    {
        RawParticipant sender = await JoinAsync(Pair.Here, "sender");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();

        await sender.SendAsync($$$"""{"type":"custom","id":"9","to":"{{{to}}}"}""");

        Assert.Equal("9", (await sender.ExpectErrorAsync(MessageType.Ack, why)).ReplyTo);
        await sender.ExpectNothingAsync();
        await dns.ExpectNothingAsync();
    }

    [Fact]
    public async Task Message_ThatArrives_HasNeitherTtlNorRoute()
    {
        RawParticipant sender = await JoinAsync(Pair.Here, "sender");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();

        await sender.SendAsync("""{"type":"custom","id":"9","to":"dns@far","ttl":3,"route":["made-up"]}""");

        Envelope message = await dns.ExpectAsync(MessageType.Other);
        Assert.Equal(("9", "sender@here", null, null), (message.Id, message.From, message.Ttl, message.Route));
        await sender.ExpectNothingAsync();
    }

    /// <summary>Its id is whatever its sender made up, also the number by which the other hub knows a call.</summary>
    [Fact]
    public async Task Message_ToNobody_WithTheNumberOfACall_DoesNotEndIt()
    {
        RawParticipant caller = await JoinAsync(Pair.Here, "caller");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();
        await CallAsync(caller, "dns", "7");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        for (int id = 1; id <= 20; id++)
        {
            await caller.SendAsync($$$"""{"type":"custom","id":"{{{id}}}","to":"nobody@far"}""");
            await caller.ExpectErrorAsync(MessageType.Ack, LocalCastError.NodeNotFound);
        }

        await dns.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","data":{"success":true,"result":6}}""");
        Assert.Equal("6", (await caller.ExpectAsync(MessageType.Result)).PayloadText());
    }

    [Theory]
    [InlineData("publish", ",\"topic\":\"news\"", ",\"data\":{\"payload\":1}")]
    [InlineData("custom", ",\"to\":\"dns@far\"", "")]
    [InlineData("ping", ",\"to\":\"dns@far\"", "")]
    public async Task Anything_ToAGroupThatTheAgentIsNotIn_IsForbidden(string type, string to, string data)
    {
        RawParticipant sender = await JoinAsync(Pair.Here, "sender");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns", more: "\"topics\":[\"news\"]");
        await Pair.MeetAsync();

        await sender.SendAsync($$$"""{"type":"{{{type}}}","id":"9"{{{to}}},"group":"strangers"{{{data}}}}""");

        if (type == "ping")
        {
            await sender.ExpectAsync(MessageType.Ack); // it was handed on
        }

        Assert.Equal("9", (await sender.ExpectErrorAsync(MessageType.Ack, LocalCastError.Forbidden)).ReplyTo);
        await dns.ExpectNothingAsync();
    }

    /// <summary>A full link slows those whose messages met it, and not who sent over it before.</summary>
    [Fact]
    public async Task Congestion_IsThatOfWhoMetIt()
    {
        await using var pair = new MeshPair(linkQueueBytes: 16 * 1024);
        await using RawParticipant quiet = await pair.Here.Hub.JoinAsync("quiet");
        await using RawParticipant loud = await pair.Here.Hub.JoinAsync("loud");
        await using RawParticipant dns = await pair.Far.Hub.JoinAsync("dns", "\"topics\":[\"news\"]");
        await pair.MeetAsync();
        pair.Here.IsStuck = true;

        await quiet.SendAsync("""{"type":"publish","id":"1","topic":"news","data":{"payload":1}}""");
        await quiet.ExpectAsync(MessageType.Ack);
        await loud.SendAllAsync(Enumerable.Range(0, 14).Select(_ => $$$"""{"type":"publish","topic":"news","data":{"payload":"{{{new string('x', 1000)}}}"}}"""));

        await UntilAsync(() => pair.Here.Asked.Contains((Channel.OfName("loud"), true)));
        Assert.All(pair.Here.Asked.Where(asked => asked.Sender == Channel.OfName("quiet")), asked => Assert.False(asked.IsSlowed));
        Assert.False(pair.Here.TakeCongestion(Channel.OfName("quiet")));
    }

    /// <summary>Who has left asks no more whether it is to slow down.</summary>
    [Fact]
    public async Task Congestion_AfterManyThatNeverAskedForIt_StillSlowsTheNext()
    {
        await using var pair = new MeshPair(linkQueueBytes: 16 * 1024);
        await using RawParticipant dns = await pair.Far.Hub.JoinAsync("dns", "\"topics\":[\"news\"]");
        await pair.MeetAsync();
        pair.Here.IsStuck = true;

        for (int i = 0; i < 3000; i++)
        {
            pair.Here.Want(new Envelope { Type = MessageType.Publish, From = $"brief{i}", Topic = "news", PayloadKind = PayloadKind.Bytes, Payload = new byte[1000] });
        }

        Assert.True(pair.Here.TakeCongestion(Channel.OfName("brief2999")));
        Assert.False(pair.Here.TakeCongestion(Channel.OfName("brief50"))); // not remembered for ever
    }

    [Fact]
    public async Task Result_FromElsewhere_IsFromTheNodeWithItsAgent()
    {
        RawParticipant caller = await JoinAsync(Pair.Here, "caller");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();
        await CallAsync(caller, "dns", "7");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        await dns.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","data":{"success":true,"result":6}}""");

        Assert.Equal("dns@far", (await caller.ExpectAsync(MessageType.Result)).From);
    }
}
