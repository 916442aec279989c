using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Agent.Tests.Mesh;

/// <summary>The hub of one machine and its mesh lose each other: nobody waits for what cannot come any more.</summary>
public sealed class HubBridgeEndTests : MeshPairTest
{
    [Fact]
    public async Task Call_FromElsewhere_AfterTheEnd_IsAnsweredAtOnce()
    {
        RawParticipant caller = await JoinAsync(Pair.Here, "caller");
        await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();
        await Pair.Far.EndWayAsync();

        await CallAsync(caller, "dns", "7");

        Assert.Equal("7", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Busy)).ReplyTo);
    }

    [Fact]
    public async Task Call_FromElsewhere_UnderWay_HearsTheEnd()
    {
        RawParticipant caller = await JoinAsync(Pair.Here, "caller");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();
        await CallAsync(caller, "dns", "7");
        await dns.ExpectAsync(MessageType.Call);

        await Pair.Far.EndWayAsync();

        Assert.Equal("7", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected)).ReplyTo);
    }

    /// <summary>The hub has answered its callers; who works for them elsewhere need not any more, and their share is free again.</summary>
    [Fact]
    public async Task Call_ToElsewhere_UnderWay_IsCancelledAtItsCallee()
    {
        RawParticipant caller = await JoinAsync(Pair.Here, "caller");
        RawParticipant dns = await JoinAsync(Pair.Far, "dns");
        await Pair.MeetAsync();
        await CallAsync(caller, "dns", "7");
        Envelope call = await dns.ExpectAsync(MessageType.Call);

        await Pair.Here.EndWayAsync();

        Assert.Equal(call.Id, (await dns.ExpectAsync(MessageType.Cancel)).ReplyTo);
        Assert.Equal("7", (await caller.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected)).ReplyTo);
        await caller.ExpectNothingAsync();
    }
}
