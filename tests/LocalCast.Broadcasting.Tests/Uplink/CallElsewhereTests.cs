using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Uplink;

/// <summary>Calls of this machine's participants: which of them go to other agents, and how they end.</summary>
public sealed class CallElsewhereTests : UplinkTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_OfANodeAtAnAgent_GoesOutWithBothNamesAndComesBack(bool isJson)
    {
        RawParticipant caller = await JoinAsync("caller", isJson);

        await CallAsync(caller, "dns@far", "x7", deadlineMs: 1234);

        Envelope call = await Mesh.ExpectAsync(MessageType.Call);
        Assert.Equal(("caller", "dns@far", "m", "5", 1234u), (call.From, call.To, call.Method, call.PayloadText(), call.DeadlineMs));
        await ReplyAsync(Mesh, call, "6");
        Envelope result = await caller.ExpectAsync(MessageType.Result);
        Assert.Equal(("x7", "6", null), (result.ReplyTo, result.PayloadText(), result.Error));
        await caller.ExpectNothingAsync();
    }

    [Fact]
    public async Task Call_OfANodeAtThisAgent_IsLocal()
    {
        HaveElsewhere("dns");
        RawParticipant caller = await JoinAsync("caller", isJson: false);
        RawParticipant dns = await JoinAsync("dns");

        await CallAsync(caller, "dns@here", "named");

        Envelope call = await dns.ExpectAsync(MessageType.Call);
        Assert.Equal("caller", call.From);
        await ReplyAsync(dns, call, "6");
        Assert.Equal("named", (await caller.ExpectAsync(MessageType.Result)).ReplyTo);
        await Mesh.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("dns@here")]
    [InlineData("dns@here", true)]
    public async Task Call_OfANodeAtThisAgentThatCannot_DoesNotGoElsewhere(string to, bool isStarting = false)
    {
        HaveElsewhere("dns");
        RawParticipant caller = await JoinAsync("caller");
        if (isStarting)
        {
            await JoinAsync("dns", "\"ready\":false");
        }

        await CallAsync(caller, to);

        await caller.ExpectErrorAsync(MessageType.Result, isStarting ? LocalCastError.NodeNotReady : LocalCastError.NodeNotFound);
        await Mesh.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("localcast@here")]
    [InlineData("@here")]
    [InlineData("localcast")]
    public async Task Call_OfThisAgent_IsAnsweredHere(string to)
    {
        RawParticipant caller = await JoinAsync("caller");

        await caller.SendAsync($$$"""{"type":"call","id":"1","to":"{{{to}}}","data":{"method":"info"}}""");

        Assert.Equal("test-agent", (await caller.ExpectAsync(MessageType.Result)).Field("name").GetString());
        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task Call_OfAnotherAgent_GoesOut()
    {
        RawParticipant caller = await JoinAsync("caller");

        await caller.SendAsync("""{"type":"call","id":"1","to":"localcast@far","data":{"method":"ps"}}""");

        Assert.Equal("localcast@far", (await Mesh.ExpectAsync(MessageType.Call)).To);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_OfANodeThatOnlyOthersHave_GoesOut(bool byChannel)
    {
        HaveElsewhere("dns");
        RawParticipant caller = await JoinAsync("caller");
        string to = byChannel ? Channel.OfName("dns").ToString() : "dns";

        await CallAsync(caller, to);

        Envelope call = await Mesh.ExpectAsync(MessageType.Call);
        Assert.Equal(to, call.To);
        await ReplyAsync(Mesh, call, "6");
        await caller.ExpectAsync(MessageType.Result);
    }

    [Fact]
    public async Task Call_OfANodeThatIsHereToo_IsLocal()
    {
        HaveElsewhere("dns");
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns");

        await CallAsync(caller, "dns");

        await dns.ExpectAsync(MessageType.Call);
        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task Call_OfANodeThatIsHereAndNotReady_GoesOutIfOthersHaveIt()
    {
        RawParticipant caller = await JoinAsync("caller");
        await JoinAsync("dns", "\"ready\":false");
        await CallAsync(caller, "dns", "1");
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotReady);
        HaveElsewhere("dns");

        await CallAsync(caller, "dns", "2");

        Assert.Equal("dns", (await Mesh.ExpectAsync(MessageType.Call)).To);
    }

    [Fact]
    public async Task Call_OfAClientHere_StaysAnError()
    {
        HaveElsewhere("dns");
        RawParticipant caller = await JoinAsync("caller");
        await JoinAsync("dns", "\"role\":\"client\"");

        await CallAsync(caller, "dns");

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.MethodNotFound);
    }

    [Fact]
    public async Task Call_OfANodeThatNobodyHas_IsNodeNotFound()
    {
        RawParticipant caller = await JoinAsync("caller");

        await CallAsync(caller, "dns");

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound);
        await Mesh.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("p2p")]
    [InlineData("p2p@here")]
    public async Task Call_OfTheUplinkItself_IsNodeNotFound(string to)
    {
        RawParticipant caller = await JoinAsync("caller");

        await CallAsync(caller, to);

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound);
        await Mesh.ExpectNothingAsync();
    }

    [Fact]
    public async Task Call_WithAForgedSender_SaysWhoItWas()
    {
        HaveElsewhere("dns");
        RawParticipant caller = await JoinAsync("caller", isJson: false);
        RawParticipant callee = await JoinAsync("callee");

        foreach (string to in (string[])["dns", "callee", "callee@here"])
        {
            await caller.SendAsync($$$"""{"type":"call","id":"1","from":"root@far","to":"{{{to}}}","data":{"method":"m"}}""");
        }

        Assert.Equal("caller", (await Mesh.ExpectAsync(MessageType.Call)).From);
        Assert.Equal("caller", (await callee.ExpectAsync(MessageType.Call)).From);
        Assert.Equal("caller", (await callee.ExpectAsync(MessageType.Call)).From);
    }

    [Fact]
    public async Task Call_FailsElsewhere_CallerGetsThatError()
    {
        RawParticipant caller = await JoinAsync("caller");
        await CallAsync(caller, "dns@far", "a");
        Envelope call = await Mesh.ExpectAsync(MessageType.Call);

        await Mesh.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","error":{"name":"NoRoute","message":"no agent 'far' is known"}}""");

        Envelope result = await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NoRoute);
        Assert.Equal(("a", "no agent 'far' is known"), (result.ReplyTo, result.Error!.Message));
    }

    [Theory]
    [InlineData("dns@far")]
    [InlineData("dns")]
    public async Task Cancel_OfTheCaller_EndsItOnce(string to)
    {
        HaveElsewhere("dns");
        RawParticipant caller = await JoinAsync("caller");
        await CallAsync(caller, to, "7");
        Envelope call = await Mesh.ExpectAsync(MessageType.Call);

        await caller.SendAsync($$$"""{"type":"cancel","to":"{{{to}}}","reply_to":"7"}""");

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Cancelled);
        Assert.Equal(call.Id, (await Mesh.ExpectAsync(MessageType.Cancel)).ReplyTo);
        await ReplyAsync(Mesh, call, "6");
        await Mesh.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest);
        await caller.ExpectNothingAsync();
    }

    [Fact]
    public async Task Caller_Leaves_CancelsElsewhere()
    {
        RawParticipant caller = await JoinAsync("caller");
        await CallAsync(caller, "dns@far");
        Envelope call = await Mesh.ExpectAsync(MessageType.Call);

        await LeaveAsync(caller);

        Assert.Equal(call.Id, (await Mesh.ExpectAsync(MessageType.Cancel)).ReplyTo);
    }

    [Fact]
    public async Task Deadline_TheUplinkSaysSoALittleLater_ItsWordCounts()
    {
        RawParticipant caller = await JoinAsync("caller");
        await CallAsync(caller, "dns@far", deadlineMs: 1000);
        Envelope call = await Mesh.ExpectAsync(MessageType.Call);
        Time.Advance(TimeSpan.FromMilliseconds(1500));
        await caller.ExpectNothingAsync();

        await Mesh.SendAsync($$$"""{"type":"result","reply_to":"{{{call.Id}}}","error":{"name":"Timeout","message":"'dns@far' did not answer in time"}}""");

        Assert.Contains("dns@far", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Timeout)).Error!.Message);
    }

    [Fact]
    public async Task Deadline_TheUplinkNeverAnswers_TheHubDoes()
    {
        RawParticipant caller = await JoinAsync("caller");
        await CallAsync(caller, "dns@far", deadlineMs: 1000);
        Envelope call = await Mesh.ExpectAsync(MessageType.Call);

        Time.Advance(TimeSpan.FromSeconds(3.5));

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Timeout);
        Assert.Equal(call.Id, (await Mesh.ExpectAsync(MessageType.Cancel)).ReplyTo);
    }

    [Theory]
    [InlineData("result")]
    [InlineData("required")]
    public async Task Result_WithAnIdThatNobodyGave_ReachesNobody(string type)
    {
        RawParticipant caller = await JoinAsync("caller");
        await CallAsync(caller, "dns@far");
        Envelope call = await Mesh.ExpectAsync(MessageType.Call);
        uint wrong = uint.Parse(call.Id!, System.Globalization.CultureInfo.InvariantCulture) + 1;

        await Mesh.SendAsync($$$"""{"type":"{{{type}}}","reply_to":"{{{wrong}}}","data":{"success":true,"result":6}}""");
        await Mesh.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest);
        await Mesh.SendAsync($$$"""{"type":"ack","reply_to":"{{{call.Id}}}"}""");
        await Mesh.ExpectNothingAsync();
        await caller.ExpectNothingAsync();
        await ReplyAsync(Mesh, call, "6");

        await caller.ExpectAsync(MessageType.Result);
    }

    [Fact]
    public async Task Result_OfAnOrdinaryParticipant_CannotAnswerWhatTheUplinkWasAsked()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant forger = await JoinAsync("forger");
        await CallAsync(caller, "dns@far");
        Envelope call = await Mesh.ExpectAsync(MessageType.Call);

        await ReplyAsync(forger, call, "666");
        await forger.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest);
        await ReplyAsync(Mesh, call, "6");

        Assert.Equal("6", (await caller.ExpectAsync(MessageType.Result)).PayloadText());
    }

    [Theory]
    [InlineData("custom", "dns@far", true)]
    [InlineData("custom", "dns@here", false)]
    [InlineData("custom", "dns", false)]
    public async Task Message_OfAnUnknownType_GoesToAnAgentThatIsNamed(string type, string to, bool goesOut)
    {
        HaveElsewhere("dns");
        RawParticipant sender = await JoinAsync("sender");

        await sender.SendAsync($$$"""{"type":"{{{type}}}","id":"9","to":"{{{to}}}","data":{"a":1}}""");

        if (goesOut)
        {
            Envelope message = await Mesh.ExpectAsync(MessageType.Other);
            Assert.Equal((type, "sender", to, "9"), (message.TypeName, message.From, message.To, message.Id));
        }
        else
        {
            await sender.ExpectErrorAsync(MessageType.Ack, LocalCastError.NodeNotFound);
            await Mesh.ExpectNothingAsync();
        }
    }
}
