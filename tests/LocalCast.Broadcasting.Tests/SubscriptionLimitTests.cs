using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Broadcasting.Tests;

public sealed class SubscriptionLimitTests : HubTest
{
    [Fact]
    public async Task Subscribe_AHundredThousandTimes_IsBusyAfterTheLimitAndEveryoneElseGoesOn()
    {
        const int Many = 100_000;
        Func<Task> bystandersCall = await BystandersAsync();
        RawParticipant greedy = await JoinAsync("greedy", isJson: false);
        Task sending = Task.Run(async () =>
        {
            foreach (int[] batch in Enumerable.Range(0, Many).Chunk(500))
            {
                await greedy.SendAllAsync(batch.Select(i => $$"""{"type":"subscribe","id":"{{i + 1}}","topic":"t.{{i}}.x"}"""));
            }
        });

        int granted = 0, busy = 0;
        while (granted + busy < Many)
        {
            Envelope ack = await greedy.ExpectAsync(MessageType.Ack);
            granted += ack.Error is null ? 1 : 0;
            busy += ack.Error?.Code == LocalCastError.Busy ? 1 : 0;
        }

        await sending.DefaultTimeout();
        Assert.Equal(Agent.Options.MaxSubscriptions, granted);
        await bystandersCall();
        await TopicTests.SubscribeAsync(await JoinAsync("modest"), "t.1.x");

        await LeaveAsync(greedy); // and nothing of it is remembered, which every test checks at its end
        await UntilAsync(() => Agent.Broadcaster.Census.Names == 3);
        Assert.Equal(1, await TopicTests.PublishAsync(await JoinAsync("publisher"), "t.1.x", "1"));
    }

    [Fact]
    public async Task Subscribe_LongPatterns_IsBusyWhenTheTokensAreUsedUpAndFreeAgainAfterwards()
    {
        const int Tokens = 100;
        string tail = string.Concat(Enumerable.Repeat(".a", Tokens - 1));
        RawParticipant greedy = await JoinAsync("greedy");
        int most = Agent.Options.MaxSubscriptionTokens / Tokens;
        for (int i = 0; i < most; i++)
        {
            await TopicTests.SubscribeAsync(greedy, $"{i}{tail}");
        }

        await TopicTests.SubscribeAsync(greedy, $"0{tail}"); // it has that one
        await greedy.SendAsync("""{"type":"subscribe","id":"1","topic":"one-more"}""");
        Envelope refused = await greedy.ExpectErrorAsync(MessageType.Ack, LocalCastError.Busy);
        Assert.Contains("tokens", refused.Error!.Message);

        await greedy.SendAsync($$"""{"type":"unsubscribe","id":"2","topic":"0{{tail}}"}""");
        await greedy.ExpectAsync(MessageType.Ack);
        await TopicTests.SubscribeAsync(greedy, "one-more");
        await TopicTests.SubscribeAsync(await JoinAsync("modest"), $"0{tail}");
    }

    [Fact]
    public async Task Hello_TopicsWithTooManyTokens_IsRefused()
    {
        string tail = string.Concat(Enumerable.Repeat(".a", 99));
        RawParticipant greedy = await ConnectAsync();

        await greedy.SendAsync(RawParticipant.Hello("greedy", $"\"topics\":[{string.Join(',', Enumerable.Range(0, 1001).Select(i => $"\"{i}{tail}\""))}]"));

        await greedy.ExpectGoodbyeAsync(LocalCastError.Busy);
    }
}
