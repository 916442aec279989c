using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

/// <summary>Every call ends in exactly one way.</summary>
public sealed class CallEndTests : HubTest
{
    [Fact]
    public async Task Callee_LeavesMidCall_FailsItsCallersAtOnce()
    {
        RawParticipant[] callers = [await JoinAsync("json-caller"), await JoinAsync("binary-caller", isJson: false)];
        RawParticipant dns = await JoinAsync("dns");
        foreach (RawParticipant caller in callers)
        {
            await CallAsync(caller, "1");
            await CallAsync(caller, "x");
        }

        await ReceiveCallsAsync(dns, 4);
        dns.Connection.Abort();

        foreach (RawParticipant caller in callers)
        {
            string?[] ended = [(await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected)).ReplyTo, (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected)).ReplyTo];
            Assert.Equal(["1", "x"], ended.Order());
            await caller.ExpectNothingAsync();
        }

        Assert.Equal(0, Time.GetTimestamp());
    }

    [Fact]
    public async Task Callee_SaysGoodbyeWithAReason_CallersHearIt()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns");
        await CallAsync(caller, "1");
        await dns.ExpectAsync(MessageType.Call);

        await dns.SendAsync("""{"type":"goodbye","error":{"name":"Internal","message":"out of paper"}}""");

        await dns.ExpectEndAsync();
        Envelope result = await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected);
        Assert.Contains("out of paper", result.Error!.Message);
    }

    [Fact]
    public async Task Caller_Leaves_CancelsAtTheCallee()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns");
        await CallAsync(caller, "1");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        await LeaveAsync(caller);

        Assert.Equal(call.Id, (await dns.ExpectAsync(MessageType.Cancel)).ReplyTo);
        await ReplyAsync(dns, call, "1");
        await dns.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest);
    }

    [Fact]
    public async Task Caller_SaysGoodbyeWithCallsOut_HearsNothingMore()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns");
        await CallAsync(caller, "1");
        await dns.ExpectAsync(MessageType.Call);

        await caller.SendAsync("""{"type":"goodbye"}""");

        await dns.ExpectAsync(MessageType.Cancel);
        await caller.ExpectEndAsync();
    }

    [Fact]
    public async Task Deadline_Passes_EndsTheCallAndDropsTheLateAnswer()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns");
        await CallAsync(caller, "1", """,  "deadline_ms":1000""");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        Time.Advance(TimeSpan.FromMilliseconds(999));
        await caller.ExpectNothingAsync();
        Time.Advance(TimeSpan.FromMilliseconds(300));

        Assert.Equal("1", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Timeout)).ReplyTo);
        Assert.Equal(call.Id, (await dns.ExpectAsync(MessageType.Cancel)).ReplyTo);
        await ReplyAsync(dns, call, "1");
        await dns.ExpectErrorAsync(MessageType.Ack, LocalCastError.BadRequest);
        await caller.ExpectNothingAsync();
    }

    [Fact]
    public async Task Deadline_None_IsThirtySeconds()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant dns = await JoinAsync("dns");
        await CallAsync(caller, "1");
        await dns.ExpectAsync(MessageType.Call);

        Time.Advance(TimeSpan.FromSeconds(29.9));
        await caller.ExpectNothingAsync();
        Time.Advance(TimeSpan.FromSeconds(0.5));

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Timeout);
    }

    [Theory]
    [InlineData("1", "\"to\":\"dns\",")]
    [InlineData("text", "\"to\":\"dns\",")]
    [InlineData("1", "")]
    public async Task Cancel_OfTheCaller_EndsTheCallOnBothSides(string id, string to)
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant other = await JoinAsync("other");
        RawParticipant dns = await JoinAsync("dns", isJson: false);
        await CallAsync(caller, id);
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        await other.SendAsync($$"""{"type":"cancel",{{to}}"reply_to":"{{id}}"}"""); // not its call
        await other.ExpectNothingAsync();
        await dns.ExpectNothingAsync();
        await caller.SendAsync($$"""{"type":"cancel",{{to}}"reply_to":"{{id}}"}""");

        Assert.Equal(id, (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Cancelled)).ReplyTo);
        Assert.Equal(call.Id, (await dns.ExpectAsync(MessageType.Cancel)).ReplyTo);
    }

    [Fact]
    public async Task Call_WhileTheCalleeComesAndGoes_EndsExactlyOnce()
    {
        RawParticipant caller = await JoinAsync("caller", isJson: false);
        using var stop = new CancellationTokenSource();
        Task calling = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await caller.SendAllAsync(Enumerable.Range(1, 20).Select(id => $$$"""{"type":"call","id":"{{{id}}}","to":"dns","data":{"method":"m"}}"""));
                HashSet<string> ended = [];
                for (int i = 0; i < 20; i++)
                {
                    Envelope result = await caller.ExpectAsync(MessageType.Result);
                    Assert.Contains(result.Error!.Code, (LocalCastError[])[LocalCastError.NodeNotFound, LocalCastError.Disconnected]);
                    Assert.True(ended.Add(result.ReplyTo!));
                }
            }
        });

        for (int i = 0; i < 300; i++)
        {
            RawParticipant dns = await JoinAsync("dns", isJson: false);
            await dns.ExpectAsync(MessageType.Call);
            await LeaveAsync(dns);
            await UntilAsync(() => Agent.Broadcaster.Census.Names == 1);
        }

        await stop.CancelAsync();
        await calling.DefaultTimeout();
    }

    private static Task CallAsync(RawParticipant caller, string id, string more = "") =>
        caller.SendAsync($$$"""{"type":"call","id":"{{{id}}}","to":"dns","data":{"method":"m"}{{{more}}}}""");

    private static async Task ReceiveCallsAsync(RawParticipant callee, int count)
    {
        for (int i = 0; i < count; i++)
        {
            await callee.ExpectAsync(MessageType.Call);
        }
    }
}
