using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Keeping;

public sealed class ParkingTests : KeeperTest
{
    public ParkingTests() => Kept.OnWake = _ => new WakeAnswer(true, "it boots");

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Calls_ToANodeThatIsComing_AreDeliveredInOrderOnceItIsReady(bool callerIsJson, bool calleeIsJson)
    {
        RawParticipant caller = await JoinAsync("caller", callerIsJson);
        await caller.SendAllAsync(Enumerable.Range(0, 50).Select(i => Call("dns", $"c{i}", $"{i}", 5000)));
        await UntilParkedAsync(50);
        Time.Advance(TimeSpan.FromMilliseconds(1200));
        RawParticipant dns = await JoinInstanceAsync("dns", 1, "\"ready\":false", calleeIsJson);
        await caller.SendAsync(Call("dns", "c50", "50", 5000)); // it has joined and is not ready: the same
        await UntilParkedAsync(51);

        await dns.SendAsync("""{"type":"ready"}""");

        for (int i = 0; i <= 50; i++)
        {
            Envelope call = await dns.ExpectAsync(MessageType.Call);
            Assert.Equal(($"{i}", "caller", "m", i < 50 ? 3800u : 5000u), (call.PayloadText(), call.From, call.Method, call.DeadlineMs));
            await ReplyAsync(dns, call, $"{i}");
            Envelope result = await caller.ExpectAsync(MessageType.Result);
            Assert.Equal(($"c{i}", $"{i}", i < 50 ? "1200" : "0"), (result.ReplyTo, result.PayloadText(), result.Headers!["localcast-boot-ms"]));
        }

        await caller.SendAsync(Call("dns", "direct"));
        await AnswerAsync(dns, "null");
        Assert.Null((await caller.ExpectAsync(MessageType.Result)).Headers);
        Assert.Equal(51, Kept.Asked.Count(asked => asked == "wake dns caller"));
    }

    [Fact]
    public async Task Call_WithoutADeadline_IsDeliveredWithoutOne()
    {
        RawParticipant caller = await JoinAsync("caller");
        await caller.SendAsync(Call("dns", 1));
        await UntilParkedAsync(1);

        RawParticipant dns = await JoinAsync("dns");

        Envelope call = await dns.ExpectAsync(MessageType.Call);
        Assert.Null(call.DeadlineMs);
        await dns.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","headers":{"a":"b"},"data":{"success":false},"error":{"name":"HandlerFailed","message":"locked"}}""");
        Envelope result = await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.HandlerFailed);
        Assert.Equal([("a", "b"), ("localcast-boot-ms", "0")], result.Headers!.Select(header => (header.Key, header.Value)).Order());
    }

    [Fact]
    public async Task Call_ByChannel_WakesANodeThatTheKeeperLooksAfter()
    {
        RawParticipant caller = await JoinAsync("caller");
        string channel = Channel.OfName("dns").ToString();
        await caller.SendAsync(Call(channel, 1));
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound); // nobody knows what it means

        Hub.SetKept(["dht", "dns"]);
        await caller.SendAsync(Call(channel, 2));
        await UntilParkedAsync(1);

        Assert.Equal("wake dns caller", Kept.Asked.Last());
        await AnswerAsync(await JoinAsync("dns"), "null");
        Assert.Equal("2", (await caller.ExpectAsync(MessageType.Result)).ReplyTo);
    }

    [Theory]
    [InlineData(false, LocalCastError.NodeNotFound, "no node is named 'dns'")]
    [InlineData(true, LocalCastError.NodeNotReady, "'dns' has not joined: waiting on db, which crashed")]
    public async Task Call_ToANodeThatIsNotComing_FailsWithTheReason(bool isKnown, LocalCastError error, string message)
    {
        Kept.OnWake = _ => new WakeAnswer(false, isKnown ? "waiting on db, which crashed" : null);
        RawParticipant caller = await JoinAsync("caller");

        await caller.SendAsync(Call("dns", 1));

        Assert.Equal(message, (await caller.ExpectErrorAsync(MessageType.Result, error)).Error!.Message);
    }

    [Fact]
    public async Task Call_ToANodeThatJoinedAndIsNotReady_FailsWithTheReason()
    {
        Kept.OnWake = _ => new WakeAnswer(false, "its probe fails");
        await JoinAsync("dns", "\"ready\":false");
        RawParticipant caller = await JoinAsync("caller");

        await caller.SendAsync(Call("dns", 1));

        Assert.Equal("'dns' has joined and is not ready yet: its probe fails", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady)).Error!.Message);
    }

    [Fact]
    public async Task Parked_DeadlinePasses_FailsWithTheReasonOfThatMoment()
    {
        Kept.OnExplain = name => $"{name} is in backoff";
        RawParticipant caller = await JoinAsync("caller");
        await caller.SendAsync(Call("dns", 1, deadlineMs: 1000));
        await caller.SendAsync(Call("dns", 2, deadlineMs: 9000));
        await UntilParkedAsync(2);

        Time.Advance(TimeSpan.FromMilliseconds(900));
        await caller.ExpectNothingAsync();
        Time.Advance(TimeSpan.FromMilliseconds(150));

        Envelope late = await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Timeout);
        Assert.Equal(("1", "'dns' was not ready in time: dns is in backoff"), (late.ReplyTo, late.Error!.Message));
        RawParticipant dns = await JoinAsync("dns");
        await AnswerAsync(dns, "null");
        Assert.Equal("2", (await caller.ExpectAsync(MessageType.Result)).ReplyTo);
        await dns.ExpectNothingAsync();
    }

    [Fact]
    public async Task Parked_Cancelled_IsAnsweredAndNeverDelivered()
    {
        RawParticipant caller = await JoinAsync("caller");
        await caller.SendAsync(Call("dns", 1));
        await caller.SendAsync(Call("dns", "two"));
        await caller.SendAsync(Call("dns", 3));
        await UntilParkedAsync(3);

        await caller.SendAsync("""{"type":"cancel","to":"dns","reply_to":"1"}""");
        Assert.Equal("1", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Cancelled)).ReplyTo);
        await caller.SendAsync("""{"type":"cancel","to":"dns","reply_to":"two"}""");
        Assert.Equal("two", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Cancelled)).ReplyTo);

        RawParticipant dns = await JoinAsync("dns");
        await dns.ExpectAsync(MessageType.Call);
        await dns.ExpectNothingAsync();
    }

    [Fact]
    public async Task Parked_CallerLeaves_IsForgotten()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant other = await JoinAsync("other");
        await caller.SendAsync(Call("dns", 1));
        await UntilParkedAsync(1);
        await other.SendAsync(Call("dns", 1));
        await UntilParkedAsync(2);

        await LeaveAsync(caller);
        await UntilParkedAsync(1);

        RawParticipant dns = await JoinAsync("dns");
        Assert.Equal("other", (await dns.ExpectAsync(MessageType.Call)).From);
        await dns.ExpectNothingAsync();
    }

    [Fact]
    public async Task Parked_NodeFails_AllFailWithItsError()
    {
        RawParticipant caller = await JoinAsync("caller");
        await caller.SendAsync(Call("dns", 1));
        await caller.SendAsync(Call("dht", 2));
        await caller.SendAsync("""{"type":"require","id":"r","data":{"names":["dns"]}}""");
        await UntilAsync(() => Hub.Census is { Parked: 2, Requires: 1 });

        Hub.FailCalls("dns", new ErrorInfo(LocalCastError.NodeNotReady, "dns: exit 3, five times"));

        Assert.Equal("dns: exit 3, five times", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady)).Error!.Message);
        Assert.Equal("dns: exit 3, five times", (await caller.ExpectErrorAsync(MessageType.Required, LocalCastError.NodeNotReady)).Error!.Message);
        await UntilParkedAsync(1);
        Hub.FailCalls("dht", new ErrorInfo(LocalCastError.NodeNotReady, "gone"));
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady);
    }

    [Fact]
    public async Task Call_NodeFailsWhileTheKeeperIsAsked_AsksAgain()
    {
        int asked = 0;
        Kept.OnWake = _ =>
        {
            if (asked++ > 0)
            {
                return new WakeAnswer(false, "it crashed");
            }

            Hub.FailCalls("dns", new ErrorInfo(LocalCastError.NodeNotReady, "it crashed"));
            return new WakeAnswer(true, null);
        };
        RawParticipant caller = await JoinAsync("caller");

        await caller.SendAsync(Call("dns", 1));

        Assert.Equal("'dns' has not joined: it crashed", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady)).Error!.Message);
    }

    [Fact]
    public async Task Call_NodeFailsWheneverTheKeeperIsAsked_FailsInsteadOfWaitingForNobody()
    {
        Kept.OnWake = _ =>
        {
            Hub.FailCalls("dns", new ErrorInfo(LocalCastError.NodeNotReady, "it crashed"));
            return new WakeAnswer(true, "it crashes again and again");
        };
        RawParticipant caller = await JoinAsync("caller");

        await caller.SendAsync(Call("dns", 1));

        Assert.Equal("'dns' has not joined: it crashes again and again", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady)).Error!.Message);
    }

    [Fact]
    public async Task Require_ANodeThatIsOnItsWay_WaitsForIt()
    {
        Kept.OnWake = _ => new WakeAnswer(false, "it starts", MayCome: true);
        RawParticipant caller = await JoinAsync("caller");

        await caller.SendAsync("""{"type":"require","id":"r1","data":{"names":["dns"]},"deadline_ms":30000}""");
        await caller.SendAsync(Call("dns", 1)); // answered at once, after the requirement was taken in
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady);
        await JoinAsync("dns");

        Envelope required = await caller.ExpectAsync(MessageType.Required);
        Assert.Equal(("r1", null), (required.ReplyTo, required.Error));
    }

    [Fact]
    public async Task Call_NodeComesWhileTheKeeperIsAsked_IsDelivered()
    {
        RawParticipant dns = await ConnectAsync();
        var joined = new TaskCompletionSource();
        Kept.OnWake = _ =>
        {
            dns.JoinAsync("dns").GetAwaiter().GetResult();
            joined.SetResult();
            return new WakeAnswer(false, "it is ready");
        };
        RawParticipant caller = await JoinAsync("caller");

        await caller.SendAsync(Call("dns", 1));

        await joined.Task.DefaultTimeout();
        await AnswerAsync(dns, "null");
        Assert.Null((await caller.ExpectAsync(MessageType.Result)).Error);
    }

    [Fact]
    public async Task Node_DiesBeforeItIsReady_ItsSuccessorGetsTheCalls()
    {
        RawParticipant caller = await JoinAsync("caller");
        await caller.SendAsync(Call("dns", 1));
        RawParticipant first = await JoinInstanceAsync("dns", 1, "\"ready\":false");
        await caller.SendAsync(Call("dns", 2));
        await UntilParkedAsync(2);
        await LeaveAsync(first);
        await UntilAsync(() => Hub.Census.Names == 1);

        RawParticipant second = await JoinInstanceAsync("dns", 2);

        Assert.Equal(Channel.OfName("dns"), Channel.OfAddress((await second.ExpectAsync(MessageType.Call)).To!));
        await second.ExpectAsync(MessageType.Call);
    }

    [Fact]
    public async Task Require_OfANodeThatIsComing_WakesItAndWaits()
    {
        RawParticipant asker = await JoinAsync("asker");

        await asker.SendAsync("""{"type":"require","id":"r","data":{"names":["dns","dht","dns"]}}""");
        await asker.ExpectNothingAsync();
        Assert.Equal(["wake dns asker", "wake dht asker"], Kept.Asked.Where(asked => asked.StartsWith("wake", StringComparison.Ordinal)));
        await JoinAsync("dns");
        await JoinAsync("dht");

        Assert.Null((await asker.ExpectAsync(MessageType.Required)).Error);
    }

    [Fact]
    public async Task Require_DeadlinePasses_SaysTheKeepersReasons()
    {
        Kept.OnExplain = name => name == "dns" ? "starting for 2 s" : null;
        RawParticipant asker = await JoinAsync("asker");
        await asker.SendAsync("""{"type":"require","id":"r","data":{"names":["dns","other"]},"deadline_ms":2000}""");
        await asker.ExpectNothingAsync();

        Time.Advance(TimeSpan.FromSeconds(2.3));

        Assert.Contains("dns (not there: starting for 2 s), other (not there)", (await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.NodeNotReady)).Error!.Message);
    }

    [Fact]
    public async Task Require_OfANodeThatIsKnownAndNotComing_FailsAtOnce()
    {
        Kept.OnWake = name => name == "dns" ? new WakeAnswer(false, "stopped by the operator") : default;
        Kept.OnExplain = name => name == "dns" ? "stopped by the operator" : null;
        RawParticipant asker = await JoinAsync("asker");

        await asker.SendAsync("""{"type":"require","id":"r","data":{"names":["other","dns"]}}""");

        Assert.Contains("dns (not there: stopped by the operator)", (await asker.ExpectErrorAsync(MessageType.Required, LocalCastError.NodeNotReady)).Error!.Message);
    }

}

public sealed class ParkingLimitTests : KeeperTest
{
    public ParkingLimitTests() => Kept.OnWake = _ => new WakeAnswer(true, null);

    private protected override void Configure(BroadcasterOptions options)
    {
        (options.MaxParkedCalls, options.MaxParkedBytes) = (5, 1000);
        (options.MaxParkedCallsPerCaller, options.MaxParkedBytesPerCaller) = (3, 700);
    }

    [Fact]
    public async Task TooManyCalls_OfACaller_AreBusyUntilSomeAreDone()
    {
        RawParticipant caller = await JoinAsync("caller");
        await caller.SendAllAsync([Call("a", 1), Call("b", 2), Call("c", 3), Call("d", 4)]);

        Envelope busy = await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Busy);
        Assert.Equal(("4", TimeSpan.FromMilliseconds(100)), (busy.ReplyTo, busy.Error!.RetryAfter));
        await caller.SendAsync("""{"type":"cancel","reply_to":"1"}""");
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Cancelled);
        await caller.SendAsync(Call("d", 5));
        await caller.ExpectNothingAsync();
        await UntilParkedAsync(3);
    }

    [Fact]
    public async Task TooManyCalls_ToANode_AreBusy()
    {
        RawParticipant one = await JoinAsync("one");
        RawParticipant two = await JoinAsync("two");
        await one.SendAllAsync([Call("dns", 1), Call("dns", 2), Call("dns", 3)]);
        await UntilParkedAsync(3);
        await two.SendAllAsync([Call("dns", 1), Call("dns", 2), Call("dns", 3)]);

        Envelope busy = await two.ExpectErrorAsync(MessageType.Result, LocalCastError.Busy);
        Assert.Equal(("3", "5 calls wait for 'dns' already, no more fit"), (busy.ReplyTo, busy.Error!.Message));
        await one.ExpectNothingAsync();
    }

    [Fact]
    public async Task TooManyBytes_OfACallerAndToANode_AreBusy()
    {
        RawParticipant one = await JoinAsync("one");
        RawParticipant two = await JoinAsync("two");
        string large = $"\"{new string('x', 600)}\"";

        await one.SendAsync(Call("dns", 1, large));
        await one.SendAsync(Call("dht", 2, large));
        Assert.Contains("of the caller", (await one.ExpectErrorAsync(MessageType.Result, LocalCastError.Busy)).Error!.Message);
        await two.SendAsync(Call("dns", 3, large));
        Assert.Contains("wait for 'dns'", (await two.ExpectErrorAsync(MessageType.Result, LocalCastError.Busy)).Error!.Message);
        await two.SendAsync(Call("dht", 4, large));
        await two.ExpectNothingAsync();
    }
}
