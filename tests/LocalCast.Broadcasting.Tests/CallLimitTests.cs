using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

public sealed class CallLimitTests : HubTest
{
    [Fact]
    public async Task Call_CalleesTableIsFull_IsBusyUntilOneEnds()
    {
        RawParticipant[] callers = [await JoinAsync("a"), await JoinAsync("b")];
        RawParticipant dns = await JoinAsync("dns");
        await CallAsync(callers[0], 1);
        Envelope first = await dns.ExpectAsync(MessageType.Call);
        await CallAsync(callers[0], 2);
        await dns.ExpectAsync(MessageType.Call);
        await CallAsync(callers[1], 3);
        await dns.ExpectAsync(MessageType.Call);

        await CallAsync(callers[1], 4);

        Envelope busy = await callers[1].ExpectErrorAsync(MessageType.Result, LocalCastError.Busy);
        Assert.True(busy.Error!.RetryAfter > TimeSpan.Zero);
        await ReplyAsync(dns, first, "1");
        await callers[0].ExpectAsync(MessageType.Result);
        await CallAsync(callers[1], 5);
        await dns.ExpectAsync(MessageType.Call);
    }

    [Fact]
    public async Task Call_CallerHasTooManyOut_IsBusyUntilOneEnds()
    {
        RawParticipant caller = await JoinAsync("caller");
        RawParticipant[] callees = [await JoinAsync("dns"), await JoinAsync("dht")];
        await CallAsync(caller, 1);
        await CallAsync(caller, 2);
        await CallAsync(caller, 3, "dht");
        Envelope call = await callees[1].ExpectAsync(MessageType.Call);

        await CallAsync(caller, 4, "dht");

        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Busy);
        await ReplyAsync(callees[1], call, "1");
        await caller.ExpectAsync(MessageType.Result);
        await CallAsync(caller, 5, "dht");
        await callees[1].ExpectAsync(MessageType.Call);
        await LeaveAsync(callees[0]);
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected);
        await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected);
        await CallAsync(caller, 6, "dht");
        await callees[1].ExpectAsync(MessageType.Call);
    }

    private protected override void Configure(BroadcasterOptions options) => options.MaxCalls = 3;

    private static Task CallAsync(RawParticipant caller, int id, string to = "dns") =>
        caller.SendAsync($$$"""{"type":"call","id":"{{{id}}}","to":"{{{to}}}","data":{"method":"m"}}""");
}
