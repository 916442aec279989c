using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

public sealed class FrameRateTests : HubTest
{
    [Fact]
    public async Task Sender_AboveTheRate_IsReadMoreSlowlyAndLosesNothing()
    {
        const int Frames = 500;
        RawParticipant fast = await JoinAsync("fast", isJson: false);
        RawParticipant receiver = await JoinAsync("receiver", isJson: false);
        Task sending = Task.Run(async () =>
        {
            for (int i = 0; i < Frames; i++)
            {
                await fast.SendAsync($$"""{"type":"note","to":"receiver","data":{{i}}}""");
            }
        });
        Task receiving = Task.Run(async () =>
        {
            for (int i = 0; i < Frames; i++)
            {
                Assert.Equal($"{i}", (await receiver.ExpectAsync(MessageType.Other)).PayloadText());
            }
        });

        await Agent.AdvanceUntilAsync(Task.WhenAll(sending, receiving));
        await LeaveSlowlyAsync(fast);
    }

    [Fact]
    public async Task Sender_AboveTheRate_OthersAreNotSlowed()
    {
        RawParticipant fast = await JoinAsync("fast");
        await fast.SendAllAsync(Enumerable.Range(0, 1000).Select(_ => """{"type":"note","to":"fast"}"""));
        Func<Task> bystandersCall = await BystandersAsync();

        for (int i = 0; i < 20; i++)
        {
            await bystandersCall(); // time stands still: whoever had to wait would wait for ever
        }

        await LeaveSlowlyAsync(fast);
    }

    [Fact]
    public async Task Sender_AboveTheRateLeavesWithNothingMoreToSay_IsGoneAtOnce()
    {
        RawParticipant fast = await JoinAsync("fast");
        RawParticipant receiver = await JoinAsync("receiver");
        const int Frames = 300;
        await fast.SendAllAsync(Enumerable.Range(0, Frames).Select(_ => """{"type":"note","to":"receiver"}"""));
        for (int i = 0; i < Frames; i++)
        {
            await receiver.ExpectAsync(MessageType.Other);
        }

        await LeaveAsync(fast);

        await UntilAsync(() => Agent.Broadcaster.Census.Sessions == 1); // time stands still: its pause does not end
    }

    /// <summary>Whoever is read no more for the moment is also seen to leave only after it.</summary>
    private async Task LeaveSlowlyAsync(RawParticipant participant)
    {
        int others = Agent.Broadcaster.Census.Sessions - 1;
        await LeaveAsync(participant);
        await Agent.AdvanceUntilAsync(UntilAsync(() => Agent.Broadcaster.Census.Sessions == others));
    }

    private protected override void Configure(BroadcasterOptions options) => options.MaxFramesPerSecond = 100;
}
