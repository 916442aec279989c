using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Keeping;

public sealed class StandByTests : KeeperTest
{
    [Fact]
    public async Task StandBy_IsFoundByNobody()
    {
        RawParticipant asker = await JoinAsync("asker");
        RawParticipant first = await JoinInstanceAsync("dns", 1, "\"version\":\"1\"");
        RawParticipant second = await StandByAsync("dns", 2, "\"version\":\"2\",\"topics\":[\"t\"]");
        await second.SendAsync("""{"type":"subscribe","id":"s","topic":"u"}""");
        Assert.Null((await second.ExpectAsync(MessageType.Ack)).Error);

        Assert.Equal(["asker Ready", "dns Ready"], await PsAsync(asker));
        await asker.SendAsync("""{"type":"ping","id":"p"}""");
        Assert.Equal(1, (await asker.ExpectAsync(MessageType.Ack)).Field("asked").GetInt32());
        await first.ExpectAsync(MessageType.Ping);
        await asker.SendAsync("""{"type":"require","id":"r","data":{"names":["dns"]}}""");
        Assert.Equal("1", (await asker.ExpectAsync(MessageType.Required)).Field("nodes").EnumerateArray().Single().GetProperty("version").GetString());
        foreach (string topic in (string[])["t", "u"])
        {
            await asker.SendAsync($$$"""{"type":"publish","id":"{{{topic}}}","topic":"{{{topic}}}","data":{"mode":"all"}}""");
            Assert.Equal(0, (await asker.ExpectAsync(MessageType.Ack)).Field("delivered").GetInt32());
            await asker.SendAsync($$$"""{"type":"publish","id":"{{{topic}}}","topic":"{{{topic}}}","data":{"mode":"one"}}""");
            await asker.ExpectErrorAsync(MessageType.Ack, LocalCastError.NoSubscriber);
        }

        await asker.SendAsync("""{"type":"note","data":1}""");
        await first.ExpectAsync(MessageType.Other);
        await asker.SendAsync(Call("dns", 1, "7"));
        await AnswerAsync(first, "7");
        await second.ExpectNothingAsync();
    }

    [Fact]
    public async Task StandBy_Alone_IsStillFoundByNobody()
    {
        RawParticipant asker = await JoinAsync("asker");
        await StandByAsync("dns", 2);

        await asker.SendAsync(Call("dns", 1));

        await asker.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound);
        Assert.Equal(["asker Ready"], await PsAsync(asker));
    }

    [Fact]
    public async Task StandBy_CallsPingsAndRequires()
    {
        RawParticipant dht = await JoinAsync("dht");
        await JoinInstanceAsync("dns", 1, "\"role\":\"client\"");
        RawParticipant second = await StandByAsync("dns", 2, "\"ready\":false");

        await second.SendAsync(Call("dht", 1, "8"));
        await AnswerAsync(dht, "8");
        Assert.Equal("8", (await second.ExpectAsync(MessageType.Result)).PayloadText());
        await second.SendAsync("""{"type":"require","id":"r","data":{"names":["dht"]}}""");
        Assert.Null((await second.ExpectAsync(MessageType.Required)).Error);
        await second.SendAsync("""{"type":"ping","id":"p","to":"dht"}""");
        await second.ExpectAsync(MessageType.Ack);
        await dht.ExpectAsync(MessageType.Ping);
        await dht.SendAsync("""{"type":"pong","to":"dns","reply_to":"p","data":{"name":"dht"}}""");
        Assert.Equal("p", (await second.ExpectAsync(MessageType.Pong)).ReplyTo);
    }

    [Fact]
    public async Task StandBy_IsToldToTheKeeperAndToNobodyElse()
    {
        RawParticipant watcher = await JoinAsync("watcher", "\"role\":\"client\"");
        await JoinInstanceAsync("dns", 1);
        await watcher.SendAsync("""{"type":"subscribe","topic":"localcast.nodes"}""");
        await watcher.ExpectNothingAsync();

        RawParticipant second = await StandByAsync("dns", 2, "\"ready\":false");
        await ReadyAsync(second);
        await LeaveAsync(second);

        await UntilToldAsync("arrived watcher 0", "arrived dns 1", "ready dns 1", "arrived dns 2", "ready dns 2", "left dns 2 Disconnected");
        await watcher.ExpectNothingAsync();
    }

    [Fact]
    public async Task StandBy_ASecondOne_IsRefused()
    {
        await JoinInstanceAsync("dns", 1);
        RawParticipant second = await StandByAsync("dns", 2);
        await StandByAsync("dht", 4);
        RawParticipant third = await ConnectAsync();
        await third.SendAsync(RawParticipant.Hello("dns", "\"instance\":\"standby3\""));
        await third.ExpectGoodbyeAsync(LocalCastError.DuplicateName);

        await LeaveAsync(second);
        await UntilAsync(() => Hub.Census.Nameless == 1);

        await StandByAsync("dns", 5);
    }
}
