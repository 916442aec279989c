using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

public sealed class TopicTests : HubTest
{
    [Theory]
    [InlineData("sensors.kitchen.temp", "sensors.kitchen.temp", true)]
    [InlineData("sensors.*.temp", "sensors.kitchen.temp", true)]
    [InlineData("sensors.>", "sensors.kitchen.temp", true)]
    [InlineData(">", "sensors", true)]
    [InlineData("sensors.>", "sensors", false)]
    [InlineData("sensors.*", "sensors.kitchen.temp", false)]
    [InlineData("Sensors.>", "sensors.x", false)]
    public async Task Publish_ToAPattern_ReachesItOrNot(string pattern, string topic, bool matches)
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant subscriber = await JoinAsync("subscriber", isJson: false);
        await SubscribeAsync(subscriber, pattern);

        Assert.Equal(matches ? 1 : 0, await PublishAsync(publisher, topic, "21.5"));

        if (matches)
        {
            Envelope got = await subscriber.ExpectAsync(MessageType.Publish);
            Assert.Equal((topic, "publisher", "21.5", PublishMode.All), (got.Topic, got.From, got.PayloadText(), got.Mode));
            Assert.Null(got.Id);
        }

        await subscriber.ExpectNothingAsync();
    }

    [Fact]
    public async Task Publish_ManySubscriptionsOfOneMatch_ReachesItOnce()
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant subscriber = await JoinAsync("subscriber", "\"topics\":[\"a.>\",\"a.b\"]");
        foreach (string pattern in (string[])["a.*", "a.b", "a.b", ">"])
        {
            await SubscribeAsync(subscriber, pattern);
        }

        Assert.Equal(1, await PublishAsync(publisher, "a.b", "1"));

        await subscriber.ExpectAsync(MessageType.Publish);
        await subscriber.ExpectNothingAsync();
    }

    [Fact]
    public async Task Publish_ToOwnSubscription_ComesBack()
    {
        RawParticipant both = await JoinAsync("both");
        await SubscribeAsync(both, "a");

        await both.SendAsync("""{"type":"publish","topic":"a","data":{"payload":{"x":[null]}}}""");

        Assert.Equal("""{"x":[null]}""", (await both.ExpectAsync(MessageType.Publish)).PayloadText());
    }

    [Fact]
    public async Task Publish_Every_ReachesEveryNodeAndNoClient()
    {
        RawParticipant publisher = await JoinAsync("publisher", "\"role\":\"client\"");
        RawParticipant[] nodes = [await JoinAsync("a"), await JoinAsync("b", isJson: false)];
        RawParticipant client = await JoinAsync("client", "\"role\":\"client\",\"topics\":[\"news\"]");

        Assert.Equal(2, await PublishAsync(publisher, "news", "1", "every"));

        Assert.Equal(PublishMode.Every, (await nodes[0].ExpectAsync(MessageType.Publish)).Mode);
        Assert.Equal(PublishMode.Every, (await nodes[1].ExpectAsync(MessageType.Publish)).Mode);
        await client.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publish_Bytes_ReachBothKinds(bool publisherIsJson)
    {
        RawParticipant publisher = await JoinAsync("publisher", publisherIsJson);
        RawParticipant[] subscribers = [await JoinAsync("a", true, "\"topics\":[\"t\"]"), await JoinAsync("b", false, "\"topics\":[\"t\"]")];

        await publisher.SendAsync("""{"type":"publish","topic":"t","data":{"bytes":"AP8B"}}""");

        foreach (RawParticipant subscriber in subscribers)
        {
            Envelope got = await subscriber.ExpectAsync(MessageType.Publish);
            Assert.Equal((PayloadKind.Bytes, "00FF01"), (got.PayloadKind, Convert.ToHexString(got.Payload.Span)));
        }
    }

    [Fact]
    public async Task Unsubscribe_Subscribed_HearsNoMore()
    {
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant subscriber = await JoinAsync("subscriber");
        await SubscribeAsync(subscriber, "a.*");
        Assert.Equal(1, await PublishAsync(publisher, "a.b", "1"));
        await subscriber.ExpectAsync(MessageType.Publish);

        await subscriber.SendAsync("""{"type":"unsubscribe","id":"1","topic":"a.*"}""");
        await subscriber.ExpectAsync(MessageType.Ack);
        await subscriber.SendAsync("""{"type":"unsubscribe","id":"2","topic":"a.*"}""");
        Assert.Null((await subscriber.ExpectAsync(MessageType.Ack)).Error);

        Assert.Equal(0, await PublishAsync(publisher, "a.b", "2"));
        await subscriber.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("""{"type":"subscribe","id":"1","topic":"a..b"}""")]
    [InlineData("""{"type":"subscribe","id":"1","topic":"a.>.b"}""")]
    [InlineData("""{"type":"subscribe","id":"1","topic":"a*"}""")]
    [InlineData("""{"type":"subscribe","id":"1"}""")]
    [InlineData("""{"type":"publish","id":"1","topic":"a.*","data":{}}""")]
    [InlineData("""{"type":"publish","id":"1","data":{"mode":"every"}}""")]
    [InlineData("""{"type":"publish","topic":"a..b","data":{}}""")]
    public async Task Topic_Nonsense_IsRefusedAndTheSessionStays(string message)
    {
        RawParticipant sender = await JoinAsync("sender");

        await sender.SendAsync(message);

        await sender.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest);
        await sender.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("all")]
    [InlineData("one")]
    [InlineData("every")]
    public async Task Publish_ReservedTopic_IsForbidden(string mode)
    {
        RawParticipant liar = await JoinAsync("liar");
        RawParticipant watcher = await JoinAsync("watcher", "\"topics\":[\"localcast.>\"]");
        await watcher.ExpectAsync(MessageType.Publish); // its own arrival

        await liar.SendAsync($$$"""{"type":"publish","id":"1","topic":"localcast.nodes","data":{"mode":"{{{mode}}}","payload":1}}""");

        await liar.ExpectErrorAsync(MessageType.Ack, LocalCastError.Forbidden);
        await watcher.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(">", false)]
    [InlineData("*.nodes", false)]
    [InlineData("*.>", false)]
    [InlineData("localcast.*", true)]
    [InlineData("localcast.>", true)]
    public async Task Nodes_OfAPattern_ReachItOnlyIfItNamesTheAgentsTopics(string pattern, bool matches)
    {
        RawParticipant watcher = await JoinAsync("watcher", $"\"role\":\"client\",\"topics\":[\"{pattern}\"]");

        await JoinAsync("dns");

        if (matches)
        {
            Assert.Equal(Topic.Nodes, (await watcher.ExpectAsync(MessageType.Publish)).Topic);
        }

        await watcher.ExpectNothingAsync();
    }

    [Fact]
    public async Task Publish_ReservedTopicThatTheAgentUsed_IsForbidden()
    {
        RawParticipant watcher = await JoinAsync("watcher", "\"topics\":[\"localcast.nodes\"]");
        await watcher.ExpectAsync(MessageType.Publish); // its own arrival: the agent has looked this topic up
        RawParticipant liar = await JoinAsync("liar", "\"role\":\"client\"");

        await liar.SendAsync("""{"type":"publish","topic":"localcast.nodes","data":{"payload":1}}""");

        await liar.ExpectErrorAsync(MessageType.Ack, LocalCastError.Forbidden);
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    public async Task Nodes_ArriveBecomeReadyAndLeave_WatchersAreTold()
    {
        RawParticipant watcher = await JoinAsync("watcher", "\"role\":\"client\",\"topics\":[\"localcast.nodes\"]");
        await JoinAsync("client", "\"role\":\"client\"");

        RawParticipant dns = await JoinAsync("dns", "\"ready\":false");
        await dns.SendAsync("""{"type":"ready"}""");
        await dns.SendAsync("""{"type":"ready"}""");
        await dns.SendAsync("""{"type":"goodbye","error":{"name":"Internal","message":"bored"}}""");

        string[] told = new string[3];
        for (int i = 0; i < told.Length; i++)
        {
            Envelope news = await watcher.ExpectAsync(MessageType.Publish);
            Assert.Equal(("localcast", "localcast.nodes"), (news.From, news.Topic));
            told[i] = $"{news.Field("event")} {news.Field("node", "name")} {news.Field("node", "state")}";
            Assert.Equal(i == 2, news.PayloadText().Contains("Internal: bored", StringComparison.Ordinal));
        }

        Assert.Equal(["arrived dns Starting", "ready dns Ready", "left dns Ready"], told);
        await watcher.ExpectNothingAsync();
    }

    internal static async Task SubscribeAsync(RawParticipant subscriber, string pattern)
    {
        await subscriber.SendAsync($$"""{"type":"subscribe","id":"s","topic":"{{pattern}}"}""");
        Envelope ack = await subscriber.ExpectAsync(MessageType.Ack);
        Assert.Equal(("s", null), (ack.ReplyTo, ack.Error));
    }

    internal static async Task<int> PublishAsync(RawParticipant publisher, string topic, string payload, string mode = "all")
    {
        await publisher.SendAsync($$$"""{"type":"publish","id":"p","topic":"{{{topic}}}","data":{"mode":"{{{mode}}}","payload":{{{payload}}}}}""");
        Envelope ack = await publisher.ExpectAsync(MessageType.Ack);
        Assert.Equal(("p", null), (ack.ReplyTo, ack.Error));
        return ack.Field("delivered").GetInt32();
    }
}
