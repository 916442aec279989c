using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Keeping;

public sealed class OrderTests : KeeperTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AskToStop_ReachesTheInstance_WhichIsDraining(bool isJson)
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinInstanceAsync("dns", 1, isJson: isJson);

        Assert.True(Hub.AskToStop("dns", 1, TimeSpan.FromSeconds(5), "restart"));

        Envelope shutdown = await dns.ExpectAsync(MessageType.Shutdown);
        Assert.Equal(("localcast", 5000u, "restart"), (shutdown.From, shutdown.DeadlineMs, shutdown.Field("reason").GetString()));
        Assert.Equal(["caller Ready", "dns Draining"], await PsAsync(caller));
        await caller.SendAsync(Call("dns", 1));
        Assert.Contains("is stopping", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady)).Error!.Message);
        await caller.SendAsync("""{"type":"require","id":"r","data":{"names":["dns"]},"deadline_ms":100}""");
        await caller.ExpectNothingAsync();
        Time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Contains("dns (stopping)", (await caller.ExpectErrorAsync(MessageType.Required, LocalCastError.NodeNotReady)).Error!.Message);
        await dns.SendAsync("""{"type":"goodbye"}""");
        await dns.ExpectEndAsync();
    }

    [Fact]
    public async Task AskToStop_NodeComesBack_GetsTheCallsThatWaited()
    {
        Kept.OnWake = _ => new WakeAnswer(true, null);
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinInstanceAsync("dns", 1);
        Hub.AskToStop("dns", 1, TimeSpan.FromSeconds(5), "restart");
        await dns.ExpectAsync(MessageType.Shutdown);
        await caller.SendAsync(Call("dns", 1, "1"));
        await UntilParkedAsync(1);

        await LeaveAsync(dns);
        await UntilAsync(() => Hub.Census.Names == 1);

        await AnswerAsync(await JoinInstanceAsync("dns", 2), "1");
    }

    [Theory]
    [InlineData("""{"type":"extend","reply_to":"ID","deadline_ms":7000}""", "extended dns 1 7000")]
    [InlineData("""{"type":"extend","reply_to":"ID","data":{"ms":8000}}""", "extended dns 1 8000")]
    [InlineData("""{"type":"ack","reply_to":"ID","error":{"name":"BadRequest","message":"I know no shutdown"}}""", "cannot-stop dns 1")]
    [InlineData("""{"type":"ack","reply_to":"ID"}""", null)]
    public async Task AskToStop_Answered_IsTold(string answer, string? news)
    {
        RawParticipant dns = await JoinInstanceAsync("dns", 1);
        Hub.AskToStop("dns", 1, TimeSpan.FromSeconds(5), "restart");
        string id = (await dns.ExpectAsync(MessageType.Shutdown)).Id!;

        await dns.SendAsync(answer.Replace("ID", id, StringComparison.Ordinal));
        await dns.ExpectNothingAsync();

        Assert.Equal(news, Kept.News.Skip(2).SingleOrDefault());
        Assert.Equal(0, Hub.Counters.LateAnswers);
    }

    [Theory]
    [InlineData("""{"type":"extend","reply_to":"1","deadline_ms":7000}""")] // of nobody's, or of another's
    [InlineData("""{"type":"extend","reply_to":"2","deadline_ms":7000}""")]
    [InlineData("""{"type":"extend","deadline_ms":7000}""")]
    [InlineData("""{"type":"extend","reply_to":"1"}""")]
    [InlineData("""{"type":"extend","reply_to":"1","data":{"ms":"x"}}""")]
    public async Task Extend_ThatNobodyAskedFor_IsRefused(string extend)
    {
        RawParticipant dns = await JoinInstanceAsync("dns", 1);
        RawParticipant other = await JoinInstanceAsync("other", 2);
        Hub.AskToStop("dns", 1, TimeSpan.FromSeconds(5), "restart");
        await dns.ExpectAsync(MessageType.Shutdown);

        await other.SendAsync(extend);

        await other.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest);
        await other.SendAsync("""{"type":"ack","reply_to":"1","error":{"name":"BadRequest","message":"no"}}""");
        await other.ExpectNothingAsync();
        Assert.DoesNotContain(Kept.News, news => news.StartsWith("extended", StringComparison.Ordinal) || news.StartsWith("cannot", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Extend_WithoutEnd_IsRefused()
    {
        RawParticipant dns = await JoinInstanceAsync("dns", 1);
        Hub.AskToStop("dns", 1, TimeSpan.FromSeconds(5), "restart");
        string id = (await dns.ExpectAsync(MessageType.Shutdown)).Id!;

        await dns.SendAllAsync(Enumerable.Repeat($$"""{"type":"extend","reply_to":"{{id}}","deadline_ms":1}""", 65));

        await dns.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest);
        Assert.Equal(64, Kept.News.Count(news => news == "extended dns 1 1"));
    }

    [Fact]
    public async Task Ping_IsSentByTheAgentAndItsAnswerTold()
    {
        RawParticipant dns = await JoinInstanceAsync("dns", 1);
        RawParticipant second = await StandByAsync("dns", 2, isJson: false);

        Assert.True(Hub.Ping("dns", 1));
        Assert.True(Hub.Ping("dns", 2));
        Envelope ping = await dns.ExpectAsync(MessageType.Ping);
        Assert.Equal("localcast", ping.From);
        await second.SendAsync($$$"""{"type":"pong","to":"localcast","reply_to":"{{{(await second.ExpectAsync(MessageType.Ping)).Id}}}","data":{"name":"dns"}}""");
        await second.ExpectNothingAsync();
        string pong = $$$"""{"type":"pong","to":"localcast","reply_to":"{{{ping.Id}}}","data":{"name":"dns"}}""";
        await dns.SendAllAsync([pong, pong, """{"type":"pong","to":"localcast","reply_to":"9","data":{"name":"dns"}}"""]);
        await dns.ExpectNothingAsync();

        Assert.Equal(["ponged dns 2", "ponged dns 1"], Kept.News.Where(news => news.StartsWith("ponged", StringComparison.Ordinal)));
        Assert.Equal(2, Hub.Counters.LateAnswers);
    }

    [Fact]
    public async Task Orders_ToNobody_SaySo()
    {
        await JoinInstanceAsync("dns", 1);

        Assert.False(Hub.Ping("dns", 2));
        Assert.False(Hub.AskToStop("dht", 1, TimeSpan.FromSeconds(1), "x"));
        Assert.False(Hub.WatchDrain("dns", 2));
        Assert.Null(Hub.IdleTime("dht"));
    }

    [Fact]
    public async Task WatchDrain_IsToldOnceWhenTheLastCallIsAnswered()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinInstanceAsync("dns", 1);
        await StandByAsync("dns", 2);
        await caller.SendAllAsync([Call("dns", 1), Call("dns", 2)]);
        Envelope[] calls = [await dns.ExpectAsync(MessageType.Call), await dns.ExpectAsync(MessageType.Call)];
        Hub.MoveName("dns", 2);

        Assert.True(Hub.WatchDrain("dns", 1));
        await ReplyAsync(dns, calls[0], "1");
        await caller.ExpectAsync(MessageType.Result);
        Time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.DoesNotContain("drained dns 1", Kept.News);
        await ReplyAsync(dns, calls[1], "2");
        await caller.ExpectAsync(MessageType.Result);
        Time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Single(Kept.News, "drained dns 1");
    }

    [Fact]
    public async Task WatchDrain_NothingInFlight_IsToldAtOnce()
    {
        await JoinInstanceAsync("dns", 1);

        Hub.WatchDrain("dns", 1);

        Assert.Single(Kept.News, "drained dns 1");
    }

    [Fact]
    public async Task IdleTime_CountsFromTheEndOfTheLastCall()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinInstanceAsync("dns", 1);
        Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(10), Hub.IdleTime("dns"));

        await caller.SendAsync(Call("dns", 1, deadlineMs: 60_000));
        Envelope call = await dns.ExpectAsync(MessageType.Call);
        Assert.Equal(TimeSpan.Zero, Hub.IdleTime("dns"));
        Time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.Zero, Hub.IdleTime("dns"));
        await ReplyAsync(dns, call, "1");
        await caller.ExpectAsync(MessageType.Result);
        Time.Advance(TimeSpan.FromSeconds(5));

        Assert.InRange(Hub.IdleTime("dns")!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.3));
    }

    [Fact]
    public async Task PublishOwn_ReachesSubscribers_OthersMayNot()
    {
        RawParticipant watcher = await JoinAsync("watcher", "\"topics\":[\"localcast.>\"],\"role\":\"client\"");

        Hub.PublishOwn("localcast.nodes", """{"event":"backoff"}"""u8.ToArray());
        Envelope got = await watcher.ExpectAsync(MessageType.Publish);
        Assert.Equal(("localcast", "localcast.nodes", "backoff"), (got.From, got.Topic, got.Field("event").GetString()));
        await watcher.SendAsync("""{"type":"publish","id":"1","topic":"localcast.nodes","data":{"mode":"all","payload":1}}""");
        await watcher.ExpectErrorAsync(MessageType.Ack, LocalCastError.Forbidden);

        Assert.Equal(LocalCastError.TooLarge, Assert.Throws<LocalCastException>(() => Hub.PublishOwn("localcast.nodes", new byte[1 << 20])).Code);
    }
}
