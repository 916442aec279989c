using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

public sealed class SessionTimeTests : HubTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task KeepAlive_Answered_KeepsTheSession(bool isJson)
    {
        RawParticipant idle = await JoinAsync("idle", isJson);
        for (int i = 0; i < 3; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(60.5));
            Envelope ask = await idle.ExpectAsync(MessageType.PingRequest);
            await idle.SendAsync($$"""{"type":"ping_response","data":{{ask.PayloadText()}}}""");
            await idle.ExpectNothingAsync();
        }
    }

    [Fact]
    public async Task KeepAlive_NotAnswered_ClosesWithTheReasonAndFailsItsCallers()
    {
        RawParticipant dead = await JoinAsync("dead");
        RawParticipant alive = await JoinAsync("alive");
        await alive.SendAsync("""{"type":"call","id":"1","to":"dead","data":{"method":"m"},"deadline_ms":600000}""");
        await dead.ExpectAsync(MessageType.Call);
        for (int i = 0; i < 8; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(9));
            await alive.SendAsync("""{"type":"note","to":"alive"}""");
            await alive.ExpectAsync(MessageType.Other);
        }

        Time.Advance(TimeSpan.FromSeconds(9)); // 81 s of silence

        await dead.ExpectAsync(MessageType.PingRequest);
        await dead.ExpectGoodbyeAsync(LocalCastError.Timeout);

        await alive.ExpectErrorAsync(MessageType.Result, LocalCastError.Disconnected);
        await alive.ExpectNothingAsync();
    }

    [Fact]
    public async Task PingRequest_OfAParticipant_IsAnsweredWithItsNonce()
    {
        RawParticipant asker = await JoinAsync("asker");

        await asker.SendAsync("""{"type":"ping_request","id":"x","data":{"nonce":"18446744073709551615"}}""");

        Envelope response = await asker.ExpectAsync(MessageType.PingResponse);
        Assert.Equal(("x", """{"nonce":"18446744073709551615"}"""), (response.ReplyTo, response.PayloadText()));
    }

    [Fact]
    public async Task Goodbye_OfAParticipant_ClosesItsConnection()
    {
        RawParticipant polite = await JoinAsync("polite");

        await polite.SendAsync("""{"type":"goodbye"}""");

        await polite.ExpectEndAsync();
    }

    [Fact]
    public async Task StopAsync_WithParticipants_SaysGoodbyeToEveryoneAlsoToStrangers()
    {
        RawParticipant[] all = [await JoinAsync("json"), await JoinAsync("binary", isJson: false), await ConnectAsync()];
        await UntilAsync(() => Agent.Broadcaster.Census.Sessions == 3);
        await all[0].SendAsync("""{"type":"call","id":"1","to":"binary","data":{"method":"m"}}""");
        await all[1].ExpectAsync(MessageType.Call);

        await Agent.Broadcaster.StopAsync("going home").DefaultTimeout();

        foreach (RawParticipant one in all)
        {
            Envelope last = await one.ReceiveAsync();
            last = last.Type is MessageType.Result or MessageType.Cancel ? await one.ReceiveAsync() : last;
            Assert.Equal((MessageType.Goodbye, LocalCastError.Disconnected, "going home"), (last.Type, last.Error?.Code, last.Error?.Message));
            await one.ExpectEndAsync();
        }

        await Assert.ThrowsAsync<LocalCastException>(() => Agent.Transport.ConnectAsync(default).DefaultTimeout());
    }

    [Fact]
    public async Task StopAsync_ParticipantDoesNotRead_EndsAfterTheCloseTimeout()
    {
        RawParticipant publisher = await JoinAsync("publisher", isJson: false);
        await JoinAsync("deaf", "\"topics\":[\"t\"]");
        for (int i = 0; i < 200; i++)
        {
            await publisher.SendAsync($$$"""{"type":"publish","topic":"t","data":{"payload":"{{{new string('x', 1000)}}}"}}""");
        }

        await publisher.ExpectNothingAsync();
        Task stopping = Agent.Broadcaster.StopAsync("going home");
        await publisher.ExpectGoodbyeAsync(LocalCastError.Disconnected);

        await Agent.AdvanceUntilAsync(stopping);

        Assert.True(Time.GetTimestamp() >= Agent.Options.CloseTimeout.Ticks);
    }
}
