using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

public sealed class PingTests : HubTest
{
    [Fact]
    public async Task Ping_ThreeNodes_AreAskedAndAnswer()
    {
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant[] nodes = [await JoinAsync("a"), await JoinAsync("b", isJson: false), await JoinAsync("starting", "\"ready\":false")];
        RawParticipant client = await JoinAsync("client", "\"role\":\"client\"");

        await asker.SendAsync("""{"type":"ping","id":"p1","data":{"name":"asker"}}""");

        Assert.Equal(3, await AskedAsync(asker, "p1"));
        foreach (RawParticipant node in nodes)
        {
            Envelope ping = await node.ExpectAsync(MessageType.Ping);
            Assert.Equal(("p1", "asker"), (ping.Id, ping.From));
            await PongAsync(node, "p1");
        }

        string?[] found = [await FoundAsync(asker), await FoundAsync(asker), await FoundAsync(asker)];
        Assert.Equal(["a", "b", "starting"], found.Order());
        await client.ExpectNothingAsync();
        await asker.ExpectNothingAsync();
    }

    [Fact]
    public async Task Ping_OfAClient_IsAnsweredByNodes()
    {
        RawParticipant asker = await JoinAsync("asker", "\"role\":\"client\"");
        RawParticipant node = await JoinAsync("node");
        await asker.SendAsync("""{"type":"ping","id":"1","to":"localcast"}""");
        Assert.Equal(1, await AskedAsync(asker, "1"));
        await node.ExpectAsync(MessageType.Ping);

        await PongAsync(node, "1");

        Assert.Equal("node", await FoundAsync(asker));
    }

    [Fact]
    public async Task Ping_Nobody_SaysZero()
    {
        RawParticipant asker = await JoinAsync("asker");

        await asker.SendAsync("""{"type":"ping","id":"1"}""");

        Assert.Equal(0, await AskedAsync(asker, "1"));
    }

    [Fact]
    public async Task Ping_ToOne_AsksThatOneOnly()
    {
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant a = await JoinAsync("a");
        RawParticipant b = await JoinAsync("b");

        await asker.SendAsync("""{"type":"ping","id":"1","to":"a"}""");
        await asker.SendAsync("""{"type":"ping","id":"2","to":"nobody"}""");

        Assert.Equal(1, await AskedAsync(asker, "1"));
        await asker.ExpectErrorAsync(MessageType.Ack, LocalCastError.NodeNotFound);
        await a.ExpectAsync(MessageType.Ping);
        await b.ExpectNothingAsync();
    }

    [Fact]
    public async Task Pong_AfterFiveSeconds_IsDropped()
    {
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant[] nodes = [await JoinAsync("in-time"), await JoinAsync("late")];
        await asker.SendAsync("""{"type":"ping","id":"1"}""");
        await AskedAsync(asker, "1");

        Time.Advance(TimeSpan.FromSeconds(4.9));
        await PongAsync(nodes[0], "1");
        Assert.Equal("in-time", await FoundAsync(asker));
        Time.Advance(TimeSpan.FromSeconds(0.2));
        await nodes[1].ExpectAsync(MessageType.Ping);
        await PongAsync(nodes[1], "1");

        await nodes[1].ExpectNothingAsync();
        await asker.ExpectNothingAsync();
        Assert.Equal(1, Agent.Broadcaster.Counters.LateAnswers);
    }

    [Fact]
    public async Task Pong_DoubledForgedOrUnasked_IsDropped()
    {
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant node = await JoinAsync("node");
        RawParticipant client = await JoinAsync("client", "\"role\":\"client\"");
        await asker.SendAsync("""{"type":"ping","id":"1"}""");
        await AskedAsync(asker, "1");
        await node.ExpectAsync(MessageType.Ping);

        await PongAsync(node, "1");
        await PongAsync(node, "1");
        await PongAsync(node, "2");
        await PongAsync(client, "1");
        await node.ExpectNothingAsync();
        await client.ExpectNothingAsync();

        Assert.Equal("node", await FoundAsync(asker));
        await asker.ExpectNothingAsync();
        Assert.Equal(3, Agent.Broadcaster.Counters.LateAnswers);
    }

    [Fact]
    public async Task Node_LeavesBeforeItAnswers_AskerExpectsFewer()
    {
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant staying = await JoinAsync("staying");
        RawParticipant leaving = await JoinAsync("leaving");
        await asker.SendAsync("""{"type":"ping","id":"text"}""");
        Assert.Equal(2, await AskedAsync(asker, "text"));

        await LeaveAsync(leaving);

        Assert.Equal(1, await AskedAsync(asker, "text"));
        await staying.ExpectAsync(MessageType.Ping);
        await PongAsync(staying, "text");
        Assert.Equal("staying", await FoundAsync(asker));
    }

    [Fact]
    public async Task Ping_SameIdTwice_IsBusy()
    {
        RawParticipant asker = await JoinAsync("asker");
        await JoinAsync("node");
        await asker.SendAsync("""{"type":"ping","id":"1"}""");
        await AskedAsync(asker, "1");

        await asker.SendAsync("""{"type":"ping","id":"1"}""");

        await asker.ExpectErrorAsync(MessageType.Ack, LocalCastError.Busy);
    }

    [Fact]
    public async Task Ping_AThousandNodes_AllAnswer()
    {
        const int Many = 1000;
        RawParticipant[] nodes = new RawParticipant[Many];
        for (int i = 0; i < Many; i++)
        {
            nodes[i] = await JoinAsync($"node-{i}", isJson: i % 2 == 0);
        }

        RawParticipant asker = await JoinAsync("asker", isJson: false, "\"role\":\"client\"");
        Task answering = Task.WhenAll(nodes.Select(async node =>
        {
            await node.ExpectAsync(MessageType.Ping);
            await PongAsync(node, "1");
        }));
        await asker.SendAsync("""{"type":"ping","id":"1"}""");

        Assert.Equal(Many, await AskedAsync(asker, "1"));
        HashSet<string> found = [];
        while (found.Count < Many)
        {
            Assert.True(found.Add(await FoundAsync(asker)));
        }

        await answering.DefaultTimeout();
    }

    private static async Task<int> AskedAsync(RawParticipant asker, string id)
    {
        Envelope ack = await asker.ExpectAsync(MessageType.Ack);
        Assert.Equal(id, ack.ReplyTo);
        return ack.Field("asked").GetInt32();
    }

    private static Task PongAsync(RawParticipant node, string id) =>
        node.SendAsync($$$"""{"type":"pong","to":"asker","reply_to":"{{{id}}}","data":{"name":"{{{node.Name}}}"}}""");

    private static async Task<string> FoundAsync(RawParticipant asker) => (await asker.ExpectAsync(MessageType.Pong)).From!;
}
