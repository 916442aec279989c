using LocalCast.Broadcasting.Tests.Keeping;
using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>Calls that wait for a node of this machine which does not come, while another agent has it.</summary>
public sealed class WaitingCallElsewhereTests : UplinkTest
{
    private readonly FakeKeeper _kept = new() { OnWake = _ => new WakeAnswer(true, "it boots") };

    private static ErrorInfo Broken => new(LocalCastError.NodeNotReady, "'dns' crashed");

    private protected override INodeKeeper? Keeper => _kept;

    [Theory]
    [InlineData(5000)]
    [InlineData(null)]
    public async Task Boot_Fails_TheCallGoesToAnotherAgentWithTheTimeThatIsLeft(int? deadlineMs)
    {
        RawParticipant caller = await ParkAsync("dns", deadlineMs);
        Time.Advance(TimeSpan.FromSeconds(2));

        Hub.FailCalls("dns", Broken);

        Envelope call = await Mesh.ExpectAsync(MessageType.Call);
        Assert.Equal(("caller", "dns", "m", "5", deadlineMs is null ? 28_000u : 3000u), (call.From, call.To, call.Method, call.PayloadText(), call.DeadlineMs));
        await ReplyAsync(Mesh, call, "6");
        Envelope result = await caller.ExpectAsync(MessageType.Result);
        Assert.Equal(("1", "6", null), (result.ReplyTo, result.PayloadText(), result.Error));
        await caller.ExpectNothingAsync();
    }

    [Fact]
    public async Task Boot_Fails_AndSoDoesTheOtherAgent_TheCallerHasOneAnswer()
    {
        RawParticipant caller = await ParkAsync("dns", 5000);
        Hub.FailCalls("dns", Broken);
        Envelope call = await Mesh.ExpectAsync(MessageType.Call);

        await Mesh.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","error":{"name":"Busy","message":"full"}}""");

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Busy);
        await caller.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("dns@here", true)] // that agent's, and no other
    [InlineData("dns", false)] // nobody else has it
    public async Task Boot_Fails_WhereNobodyElseMayServe_TheCallFailsWithIt(string to, bool isElsewhere)
    {
        RawParticipant caller = await ParkAsync(to, 5000, isElsewhere);

        Hub.FailCalls("dns", Broken);

        Assert.Equal("'dns' crashed", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady)).Error!.Message);
        await Mesh.ExpectNothingAsync();
    }

    /// <summary>That agent would only say that there is no way to it.</summary>
    [Fact]
    public async Task Boot_Fails_TheOtherAgentIsAway_TheCallFailsWithTheReasonOfTheBoot()
    {
        Others.Away["dns"] = true;
        RawParticipant caller = await ParkAsync("dns", 5000, isElsewhere: false);

        Hub.FailCalls("dns", Broken);

        Assert.Equal("'dns' crashed", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady)).Error!.Message);
        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task Node_DoesNotBoot_TheOtherAgentIsAway_TheCallFailsWithTheReason()
    {
        _kept.OnWake = _ => new WakeAnswer(false, "'dns' crashed three times");
        Hub.SetKept(["dns"]);
        Others.Away["dns"] = true;
        RawParticipant caller = await JoinAsync("caller");

        await CallAsync(caller, "dns");

        Assert.Contains("crashed three times", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady)).Error!.Message, StringComparison.Ordinal);
        await Mesh.ExpectNothingAsync();
    }

    /// <summary>Wherever the call is by then, its caller has given up, and whoever got it hears that.</summary>
    [Fact]
    public async Task Boot_Fails_TheCallerGivesUpMeanwhile_IsCancelledElsewhere()
    {
        RawParticipant caller = await ParkAsync("dns", 5000);
        Task cancelled = Task.CompletedTask;
        Others.OnCanReach = () =>
        {
            Others.OnCanReach = () => { };
            cancelled = Task.Run(async () =>
            {
                await caller.SendAsync("""{"type":"cancel","to":"dns","reply_to":"1"}""");
                await caller.SendAsync("""{"type":"call","id":"2","to":"localcast","data":{"method":"info"}}""");
                await caller.ExpectAsync(MessageType.Result); // of whichever of the two: the cancel was looked at
            });
            Task.WaitAny([cancelled], 100); // while the call is on its way, the cancel has to wait for it
        };

        Hub.FailCalls("dns", Broken);

        Envelope call = await Mesh.ExpectAsync(MessageType.Call);
        Assert.Equal(call.Id, (await Mesh.ExpectAsync(MessageType.Cancel)).ReplyTo);
        await cancelled.DefaultTimeout();
    }

    /// <summary>The agent that it comes from goes on itself.</summary>
    [Fact]
    public async Task Boot_Fails_CallFromElsewhere_IsNotSentBack()
    {
        HaveElsewhere("dns");
        await CallFromElsewhereAsync("cli@far", "dns");
        await UntilAsync(() => Hub.Census.Parked == 1);

        Hub.FailCalls("dns", Broken);

        await Mesh.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady);
        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task PublishOne_AfterALocalAttempt_GoesOutWithTheTimeThatIsLeft()
    {
        Hub.SetUplinkTopics(["news"]);
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant worker = await JoinAsync("worker", "\"topics\":[\"news\"]");
        await PublishAsync(publisher, "one", ",\"id\":\"p\",\"deadline_ms\":9000");
        Envelope first = await worker.ExpectAsync(MessageType.Publish);
        Time.Advance(TimeSpan.FromSeconds(2));

        await AckAsync(worker, first, ",\"error\":{\"name\":\"Busy\",\"message\":\"no time\"}");

        Assert.Equal(7000u, (await Mesh.ExpectAsync(MessageType.Publish)).DeadlineMs);
    }

    [Fact]
    public async Task PublishOne_WithoutADeadline_AfterALocalAttempt_SaysWhatIsLeft()
    {
        Hub.SetUplinkTopics(["news"]);
        RawParticipant publisher = await JoinAsync("publisher");
        RawParticipant worker = await JoinAsync("worker", "\"topics\":[\"news\"]");
        await PublishAsync(publisher, "one", ",\"id\":\"p\"");
        Envelope first = await worker.ExpectAsync(MessageType.Publish);
        Time.Advance(TimeSpan.FromSeconds(1)); // less than a subscriber has to acknowledge

        await AckAsync(worker, first, ",\"error\":{\"name\":\"Busy\",\"message\":\"no time\"}");

        Envelope publication = await Mesh.ExpectAsync(MessageType.Publish);
        Assert.Equal((29_000u, "publisher", "1"), (publication.DeadlineMs, publication.From, publication.PayloadText()));
    }

    private async Task<RawParticipant> ParkAsync(string to, int? deadlineMs, bool isElsewhere = true)
    {
        Hub.SetKept(["dns"]);
        if (isElsewhere)
        {
            HaveElsewhere("dns");
        }

        RawParticipant caller = await JoinAsync("caller");
        await CallAsync(caller, to, "1", deadlineMs);
        await UntilAsync(() => Hub.Census.Parked == 1);
        return caller;
    }
}
