using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>Publications to all subscribers and to every node, both ways.</summary>
public sealed class PublishElsewhereTests : UplinkTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_SomebodyElsewhereSubscribes_GoesOutEveryTime(bool isJson)
    {
        Hub.SetUplinkTopics(["news", "weather.*"]);
        RawParticipant publisher = await JoinAsync("publisher", isJson);
        RawParticipant local = await JoinAsync("local", isJson: false, "\"topics\":[\"news\"]");

        for (int i = 0; i < 3; i++)
        {
            await PublishAsync(publisher, "all"); // from the second one on, a binary publisher takes the short cut
            Envelope publication = await Mesh.ExpectAsync(MessageType.Publish);
            Assert.Equal(("news", "publisher", "1", PublishMode.All), (publication.Topic, publication.From, publication.PayloadText(), publication.Mode));
            Assert.Equal("publisher", (await local.ExpectAsync(MessageType.Publish)).From);
        }
    }

    [Fact]
    public async Task All_NobodyElsewhereSubscribes_StaysHere()
    {
        Hub.SetUplinkTopics(["weather.*"]);
        RawParticipant publisher = await JoinAsync("publisher");

        await PublishAsync(publisher, "all", ",\"id\":\"1\"");

        Assert.Equal(0, (await publisher.ExpectAsync(MessageType.Ack)).Field("delivered").GetInt32());
        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task SetUplinkTopics_Again_AddsAndRemoves()
    {
        RawParticipant publisher = await JoinAsync("publisher", isJson: false);
        Hub.SetUplinkTopics(["news"]);
        await PublishAsync(publisher, "all");
        await Mesh.ExpectAsync(MessageType.Publish);

        Hub.SetUplinkTopics(["weather"]);
        await PublishAsync(publisher, "all");
        await publisher.SendAsync("""{"type":"publish","topic":"weather","data":{"payload":1}}""");
        Assert.Equal("weather", (await Mesh.ExpectAsync(MessageType.Publish)).Topic);
        await publisher.ExpectNothingAsync();
        await Mesh.ExpectNothingAsync();
        Hub.SetUplinkTopics(["weather", "news"]);
        await PublishAsync(publisher, "all");

        Assert.Equal("news", (await Mesh.ExpectAsync(MessageType.Publish)).Topic);
    }

    [Fact]
    public async Task SetUplinkTopics_SomeMakeNoSense_TheOthersCount()
    {
        Hub.SetUplinkTopics(["", "a..b", "news", ">.x"]);
        RawParticipant publisher = await JoinAsync("publisher");

        await PublishAsync(publisher, "all");

        await Mesh.ExpectAsync(MessageType.Publish);
    }

    [Fact]
    public async Task Every_OtherAgentsAreThere_GoesOutToo()
    {
        RawParticipant publisher = await JoinAsync("publisher", "\"role\":\"client\"");
        RawParticipant node = await JoinAsync("node");

        await PublishAsync(publisher, "every", ",\"id\":\"1\"");

        Assert.Equal(PublishMode.Every, (await Mesh.ExpectAsync(MessageType.Publish)).Mode);
        await node.ExpectAsync(MessageType.Publish);
        Assert.Equal(2, (await publisher.ExpectAsync(MessageType.Ack)).Field("delivered").GetInt32());
    }

    [Fact]
    public async Task Every_NoOtherAgentIsThere_StaysHere()
    {
        Others.HasAgents = false;
        RawParticipant publisher = await JoinAsync("publisher", "\"role\":\"client\"");

        await PublishAsync(publisher, "every", ",\"id\":\"1\"");

        Assert.Equal(0, (await publisher.ExpectAsync(MessageType.Ack)).Field("delivered").GetInt32());
        await Mesh.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("all")]
    [InlineData("every")]
    public async Task FromElsewhere_ReachesWhoIsHereAndNeverGoesBack(string mode)
    {
        Hub.SetUplinkTopics(["news", ">"]);
        RawParticipant node = await JoinAsync("node", "\"topics\":[\"news\"]");
        RawParticipant binary = await JoinAsync("binary", isJson: false, "\"topics\":[\"news\"]");

        await PublishFromElsewhereAsync(mode);
        await PublishFromElsewhereAsync(mode);

        foreach (RawParticipant receiver in (RawParticipant[])[node, binary, node, binary])
        {
            Envelope publication = await receiver.ExpectAsync(MessageType.Publish);
            Assert.Equal(("cli@far", "news", "1"), (publication.From, publication.Topic, publication.PayloadText()));
        }

        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task FromElsewhere_ByDifferentSenders_SaysWhoEachTime()
    {
        RawParticipant node = await JoinAsync("node", isJson: false, "\"topics\":[\"news\"]");

        await Mesh.SendAsync("""{"type":"publish","from":"a@far","topic":"news","data":{"payload":1}}""");
        await Mesh.SendAsync("""{"type":"publish","from":"b@far","topic":"news","data":{"payload":1}}""");

        Assert.Equal("a@far", (await node.ExpectAsync(MessageType.Publish)).From);
        Assert.Equal("b@far", (await node.ExpectAsync(MessageType.Publish)).From);
    }

    [Fact]
    public async Task ForgedSender_IsReplaced()
    {
        Hub.SetUplinkTopics(["news"]);
        RawParticipant publisher = await JoinAsync("publisher", isJson: false);

        await PublishAsync(publisher, "all", ",\"from\":\"root@far\"");
        await PublishAsync(publisher, "all", ",\"from\":\"root@far\"");

        Assert.Equal("publisher", (await Mesh.ExpectAsync(MessageType.Publish)).From);
        Assert.Equal("publisher", (await Mesh.ExpectAsync(MessageType.Publish)).From);
    }

    [Fact]
    public async Task WhatTheAgentItselfPublishes_StaysHere()
    {
        Hub.SetUplinkTopics([">", "localcast.nodes", "localcast.>"]);
        RawParticipant listener = await JoinAsync("listener", "\"topics\":[\"localcast.nodes\"],\"role\":\"client\"");

        await JoinAsync("newcomer");

        Assert.Equal("newcomer", (await listener.ExpectAsync(MessageType.Publish)).Field("node", "name").GetString());
        await Mesh.ExpectNothingAsync();
    }
}
