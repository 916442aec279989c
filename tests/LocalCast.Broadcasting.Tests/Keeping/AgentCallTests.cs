using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests.Keeping;

public sealed class AgentCallTests : KeeperTest
{
    public AgentCallTests() => Kept.OnCall = call => call.Method != "unknown" && call.Method != "ps";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Call_IsOfferedToTheKeeperAndAnsweredLater(bool isJson)
    {
        RawParticipant caller = await JoinAsync("caller", isJson);

        IAgentCall call = await OfferAsync(caller, """{"type":"call","id":"seven","to":"localcast","data":{"method":"start","args":["dns"]},"deadline_ms":4000}""");

        Assert.Equal(("caller", "start", """["dns"]""", TimeSpan.FromSeconds(4)), (call.Caller, call.Method, System.Text.Encoding.UTF8.GetString(call.Arguments.Span), call.TimeLeft));
        await caller.ExpectNothingAsync();
        call.Complete("""{"a":1}"""u8.ToArray());
        call.Complete("2"u8.ToArray());
        call.Fail(new ErrorInfo(LocalCastError.Busy, "late"));
        Envelope result = await caller.ExpectAsync(MessageType.Result);
        Assert.Equal(("seven", """{"a":1}"""), (result.ReplyTo, result.PayloadText()));
        await caller.ExpectNothingAsync();
        Assert.False(call.Cancellation.IsCancellationRequested);
    }

    [Fact]
    public async Task Call_Failed_GetsTheError()
    {
        RawParticipant caller = await JoinAsync("caller");
        IAgentCall call = await OfferAsync(caller, AgentMethod("start", 1));

        call.Fail(new ErrorInfo(LocalCastError.NodeNotFound, "no such node"));

        Assert.Equal("no such node", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.NodeNotFound)).Error!.Message);
    }

    [Fact]
    public async Task Call_AnsweredWithNothing_IsNull()
    {
        RawParticipant caller = await JoinAsync("caller");
        IAgentCall call = await OfferAsync(caller, AgentMethod("start", 1));

        call.Complete(default);

        Assert.Contains("\"success\":true,\"result\":null", (await caller.ExpectAsync(MessageType.Result)).Text());
    }

    [Fact]
    public async Task Call_OfAMethodThatNobodyKnows_IsToldWhatThereIs()
    {
        Kept.Methods = ["start", "stop", "ps"];
        RawParticipant caller = await JoinAsync("caller");

        await caller.SendAsync(AgentMethod("unknown", 1));

        Assert.Equal("the agent has no method 'unknown'; it has info, ps, start, stop", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.MethodNotFound)).Error!.Message);
        Assert.Equal(0, Hub.Census.AgentCalls);
    }

    [Fact]
    public async Task Ps_IsTheKeepersIfItWants_InfoIsNot()
    {
        RawParticipant caller = await JoinAsync("caller");
        Assert.Equal(["caller Ready"], await PsAsync(caller));
        Kept.OnCall = call =>
        {
            call.Complete("[]"u8.ToArray());
            return true;
        };

        Assert.Empty(await PsAsync(caller));
        await caller.SendAsync(AgentMethod("info", 1));
        Assert.Equal("test-agent", (await caller.ExpectAsync(MessageType.Result)).Field("name").GetString());
    }

    [Fact]
    public async Task Call_DeadlinePasses_IsATimeoutAndCancelled()
    {
        RawParticipant caller = await JoinAsync("caller");
        IAgentCall call = await OfferAsync(caller, """{"type":"call","id":"1","to":"localcast","data":{"method":"start"},"deadline_ms":1000}""");

        Time.Advance(TimeSpan.FromMilliseconds(1100));

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Timeout);
        Assert.Equal((true, TimeSpan.Zero), (call.Cancellation.IsCancellationRequested, call.TimeLeft));
        call.Complete("1"u8.ToArray());
        await caller.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("1")]
    [InlineData("one")]
    public async Task Call_Cancelled_IsAnsweredAndTheKeeperTold(string id)
    {
        RawParticipant caller = await JoinAsync("caller");
        IAgentCall call = await OfferAsync(caller, AgentMethod("start", id));
        IAgentCall other = await OfferAsync(caller, AgentMethod("start", "2"));

        await caller.SendAsync($$"""{"type":"cancel","to":"localcast","reply_to":"{{id}}"}""");

        Assert.Equal(id, (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Cancelled)).ReplyTo);
        await UntilAsync(() => call.Cancellation.IsCancellationRequested);
        Assert.False(other.Cancellation.IsCancellationRequested);
    }

    [Fact]
    public async Task Caller_Leaves_IsTold()
    {
        RawParticipant caller = await JoinAsync("caller");
        IAgentCall call = await OfferAsync(caller, AgentMethod("start", 1));

        await LeaveAsync(caller);

        await UntilAsync(() => call.Cancellation.IsCancellationRequested);
        call.Complete("1"u8.ToArray());
    }

    [Fact]
    public async Task TooManyCalls_AreBusy()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant other = await JoinAsync("other");
        await caller.SendAllAsync(Enumerable.Range(1, 65).Select(id => AgentMethod("start", id)));

        Assert.Equal("65", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Busy)).ReplyTo);
        Assert.Equal(64, Kept.Calls.Count);
        await OfferAsync(other, AgentMethod("start", 1));
        Assert.True(Kept.Calls.TryDequeue(out IAgentCall? first));
        first.Complete("1"u8.ToArray());
        await caller.ExpectAsync(MessageType.Result);
        await caller.SendAsync(AgentMethod("start", 66));
        await caller.ExpectNothingAsync();
    }

    [Theory]
    [InlineData("""{"type":"call","to":"localcast","data":{"method":"start"}}""", LocalCastError.BadRequest)]
    [InlineData("""{"type":"call","id":"1","to":"localcast","data":{"method":"start"},"deadline_ms":0}""", LocalCastError.Timeout)]
    public async Task Call_ThatCannotBeAnswered_IsRefused(string call, LocalCastError error)
    {
        RawParticipant caller = await JoinAsync("caller");

        await caller.SendAsync(call);

        await caller.ExpectErrorAsync(MessageType.Result, error);
        Assert.Empty(Kept.Calls);
    }

    [Fact]
    public async Task Call_AnsweredWithTooMuch_SaysSo()
    {
        RawParticipant caller = await JoinAsync("caller");
        IAgentCall call = await OfferAsync(caller, AgentMethod("logs", 1));

        call.Complete(System.Text.Encoding.UTF8.GetBytes($"\"{new string('x', 1 << 20)}\""));

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.TooLarge);
    }

    [Fact]
    public async Task Call_AnsweredWithSomethingElseThanJson_IsADefectOfTheAgent()
    {
        RawParticipant caller = await JoinAsync("caller");
        IAgentCall call = await OfferAsync(caller, AgentMethod("logs", 1));

        call.Complete("{nonsense"u8.ToArray());

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Internal);
        Assert.Contains(Agent.Log.TakeAll(), entry => entry.Name == "KeeperDefect");
    }

    private static string AgentMethod(string method, object id) => $$$"""{"type":"call","id":"{{{id}}}","to":"localcast","data":{"method":"{{{method}}}"}}""";

    private async Task<IAgentCall> OfferAsync(RawParticipant caller, string call)
    {
        int before = Kept.Calls.Count;
        await caller.SendAsync(call);
        await UntilAsync(() => Kept.Calls.Count > before);
        return Kept.Calls.Last();
    }
}
