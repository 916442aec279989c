using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

/// <summary>What a publication that nobody takes holds, and for how long.</summary>
public sealed class PublishBoundsTests : ScriptedAgentTest
{
    private const int Room = 256 * 1024, Large = 100 * 1024;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Publish_OthersAlwaysHaveTheRoomFirst_IsBusyAfterOneTimeoutInAll(bool isCounted)
    {
        LocalNode node = await JoinAsync("node", o => (o.MaxQueuedBytes, o.DefaultTimeout) = (Room, TimeSpan.FromSeconds(1)));
        await node.PublishBytesAsync("a", new byte[Large]).DefaultTimeout();
        Task second = node.PublishBytesAsync("a", new byte[Large]).AsTask();
        Task[] waiting = [PublishAsync(), PublishAsync()]; // there is room for one of them once the agent has read the first
        Time.Advance(TimeSpan.FromSeconds(0.7));
        await Agent.ExpectAsync(MessageType.Publish);
        await second.DefaultTimeout();

        Time.Advance(TimeSpan.FromSeconds(0.4));

        Task loser = await Task.WhenAny(waiting).DefaultTimeout();
        Assert.Equal(LocalCastError.Busy, (await Assert.ThrowsAsync<LocalCastException>(() => loser)).Code);
        Time.Advance(TimeSpan.FromSeconds(1));
        Task winner = waiting.Single(task => task != loser);
        Assert.Equal(LocalCastError.Timeout, (await Assert.ThrowsAsync<LocalCastException>(() => winner.DefaultTimeout())).Code);

        Task PublishAsync()
        {
            string text = new('x', Large);
            return isCounted ? node.PublishAndCountAsync("b", text).AsTask() : node.PublishAsync("b", text, PublishMode.One).AsTask();
        }
    }
}

/// <summary>The same with a real agent.</summary>
public sealed class RefusedPublishTests() : NodeTest(new TestPlace.Memory())
{
    [Fact]
    public async Task Publish_MustNotLeave_HoldsNoPlaceAmongTheCalls()
    {
        await JoinAsync("callee", o => o.Handle("echo", () => 1));
        LocalNode node = await JoinAsync("node", o => (o.MaxConcurrentCalls, o.MaxQueuedBytes) = (1, 64 * 1024));
        byte[] large = new byte[100 * 1024]; // more than the queue ever holds: it must not wait for room

        foreach ((string topic, LocalCastError error) in new[] { ("a.*", LocalCastError.BadRequest), ("localcast.nodes", LocalCastError.Forbidden) })
        {
            await FailsAsync(error, () => node.PublishAndCountAsync(topic, 1).AsTask());
            Assert.Equal(1, await node.CallAsync<int>("callee", "echo").DefaultTimeout());
            await FailsAsync(error, () => node.PublishAsync(topic, 1, PublishMode.One).AsTask());
            Assert.Equal(1, await node.CallAsync<int>("callee", "echo").DefaultTimeout());
        }

        await FailsAsync(LocalCastError.TooLarge, () => node.PublishAndCountAsync("a", large).AsTask());
        Assert.Equal(1, await node.CallAsync<int>("callee", "echo").DefaultTimeout());
        await FailsAsync(LocalCastError.TooLarge, () => node.PublishBytesAsync("a", large, PublishMode.One).AsTask());
        Assert.Equal(1, await node.CallAsync<int>("callee", "echo").DefaultTimeout());
        await FailsAsync(LocalCastError.TooLarge, () => node.PublishBytesAsync("a", large).AsTask());
    }
}
