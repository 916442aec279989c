using LocalCast.Protocol;
using LocalCast.Testing;

namespace LocalCast.Sdk.Tests;

public abstract class TopicTests(TestPlace place) : NodeTest(place)
{
    [Fact]
    public async Task Subscribe_Pattern_GetsWhatIsPublishedInOrder()
    {
        LocalNode publisher = await JoinAsync("publisher");
        LocalNode subscriber = await JoinAsync("subscriber");
        await using NodeSubscription<double> subscription = await subscriber.OpenSubscriptionAsync<double>("sensors.>").DefaultTimeout();

        for (int i = 0; i < 1000; i++)
        {
            await publisher.PublishAsync($"sensors.kitchen.{i % 3}", i + 0.5).DefaultTimeout();
        }

        await publisher.PublishAsync("other", 1.0).DefaultTimeout();
        int next = 0;
        foreach (TopicMessage<double> message in await TakeAsync(subscription, 1000))
        {
            Assert.Equal(($"sensors.kitchen.{next % 3}", "publisher", next + 0.5, 0), (message.Topic, message.From, message.Data, message.Missed));
            next++;
        }
    }

    [Fact]
    public async Task Subscribe_ManyOfOneNode_EachGetsItAndTheAgentSendsItOnce()
    {
        LocalNode node = await JoinAsync("node");
        await using NodeSubscription<int> first = await node.OpenSubscriptionAsync<int>("a.*").DefaultTimeout();
        await using NodeSubscription<int> second = await node.OpenSubscriptionAsync<int>("a.b").DefaultTimeout();
        await using NodeSubscription<int> again = await node.OpenSubscriptionAsync<int>("a.*").DefaultTimeout();

        await node.PublishAsync("a.b", 1).DefaultTimeout();
        await node.PublishAsync("a.c", 2).DefaultTimeout();
        await node.PublishAsync("a.b", 3).DefaultTimeout();

        Assert.Equal([1, 2, 3], (await TakeAsync(first, 3)).Select(m => m.Data));
        Assert.Equal([1, 3], (await TakeAsync(second, 2)).Select(m => m.Data));
        Assert.Equal([1, 2, 3], (await TakeAsync(again, 3)).Select(m => m.Data));
    }

    [Fact]
    public async Task Subscription_OneOfTwoOnAPatternIsDisposed_TheOtherGoesOn()
    {
        LocalNode node = await JoinAsync("node");
        NodeSubscription<int> first = await node.OpenSubscriptionAsync<int>("a").DefaultTimeout();
        await using NodeSubscription<int> second = await node.OpenSubscriptionAsync<int>("a").DefaultTimeout();
        await first.DisposeAsync().DefaultTimeout();

        await node.PublishAsync("a", 1).DefaultTimeout();

        Assert.Equal(1, Assert.Single(await TakeAsync(second, 1)).Data);
    }

    [Fact]
    public async Task Subscribe_EnumeratorThatBreaks_Unsubscribes()
    {
        LocalNode publisher = await JoinAsync("publisher");
        LocalNode subscriber = await JoinAsync("subscriber");
        Task<int> first = Task.Run(async () =>
        {
            await foreach (TopicMessage<int> message in subscriber.SubscribeAsync<int>("a"))
            {
                return message.Data;
            }

            return 0;
        });
        while (!first.IsCompleted)
        {
            await publisher.PublishAsync("a", 4).DefaultTimeout();
            await Task.WhenAny(first, Task.Delay(1));
        }

        Assert.Equal(4, await first.DefaultTimeout());
        await FailsAsync(LocalCastError.NoSubscriber, () => publisher.PublishAsync("a", 1, PublishMode.One).AsTask());
    }

    [Fact]
    public async Task Subscribe_MalformedItem_ThrowsWhereItIsReadAndTheNextIsFine()
    {
        LocalNode node = await JoinAsync("node");
        await using NodeSubscription<int> subscription = await node.OpenSubscriptionAsync<int>("a").DefaultTimeout();

        await node.PublishAsync("a", "text").DefaultTimeout();
        await node.PublishBytesAsync("a", new byte[] { 1 }).DefaultTimeout();
        await node.PublishAsync("a", 2).DefaultTimeout();

        IReadOnlyList<TopicMessage<int>> got = await TakeAsync(subscription, 3);
        Assert.Equal(LocalCastError.BadRequest, Assert.Throws<LocalCastException>(() => got[0].Data).Code);
        Assert.Equal(LocalCastError.BadRequest, Assert.Throws<LocalCastException>(() => got[1].Data).Code);
        Assert.Equal(("node", 2), (got[0].From, got[2].Data));
    }

    [Fact]
    public async Task Subscribe_Bytes_ComeAsTheyWere()
    {
        LocalNode node = await JoinAsync("node");
        await using NodeSubscription<byte[]> subscription = await node.OpenSubscriptionAsync<byte[]>("a").DefaultTimeout();

        await node.PublishBytesAsync("a", new byte[] { 0, 255 }).DefaultTimeout();

        Assert.Equal([0, 255], Assert.Single(await TakeAsync(subscription, 1)).Data);
    }

    [Fact]
    public async Task Subscribe_ReaderThatStops_MissesAndIsToldHowMany()
    {
        const int Room = 10, Published = 200;
        LocalNode publisher = await JoinAsync("publisher");
        LocalNode subscriber = await JoinAsync("subscriber", o => o.MaxQueuedMessages = Room);
        await using NodeSubscription<int> slow = await subscriber.OpenSubscriptionAsync<int>("a").DefaultTimeout();
        await using NodeSubscription<int> marker = await subscriber.OpenSubscriptionAsync<int>("end").DefaultTimeout();

        for (int i = 0; i < Published; i++)
        {
            await publisher.PublishAsync("a", i).DefaultTimeout();
        }

        await publisher.PublishAsync("end", 0).DefaultTimeout();
        await TakeAsync(marker, 1); // by now all of them have come
        Assert.Equal(Enumerable.Range(0, Room), (await TakeAsync(slow, Room)).Select(m => m.Data));
        await publisher.PublishAsync("a", 1000).DefaultTimeout();
        TopicMessage<int> next = Assert.Single(await TakeAsync(slow, 1));
        Assert.Equal((1000, Published - Room), (next.Data, next.Missed));
        await publisher.PublishAsync("a", 1001).DefaultTimeout();
        Assert.Equal(0, Assert.Single(await TakeAsync(slow, 1)).Missed);
    }

    [Fact]
    public async Task Subscribe_ReaderThatStopsAtLargeMessages_IsBoundedInBytesAndToldHowManyItMissed()
    {
        const int Room = 10, Published = 100, Size = 1000;
        LocalNode publisher = await JoinAsync("publisher");
        LocalNode subscriber = await JoinAsync("subscriber", o => o.MaxQueuedTopicBytes = Room * Size);
        await using NodeSubscription<byte[]> slow = await subscriber.OpenSubscriptionAsync<byte[]>("a").DefaultTimeout();
        await using NodeSubscription<int> marker = await subscriber.OpenSubscriptionAsync<int>("end").DefaultTimeout();

        for (int i = 0; i < Published; i++)
        {
            await publisher.PublishBytesAsync("a", new byte[Size]).DefaultTimeout();
        }

        await publisher.PublishAsync("end", 0).DefaultTimeout();
        await TakeAsync(marker, 1); // by now all of them have come
        Assert.All(await TakeAsync(slow, Room), m => Assert.Equal((Size, 0), (m.Data.Length, m.Missed)));
        await using IAsyncEnumerator<TopicMessage<byte[]>> rest = slow.ReadAllAsync().GetAsyncEnumerator();
        Task<bool> next = rest.MoveNextAsync().AsTask(); // the reader comes for more, which frees what it had
        await publisher.PublishBytesAsync("a", new byte[1]).DefaultTimeout();
        Assert.True(await next.DefaultTimeout());
        TopicMessage<byte[]> message = rest.Current;
        Assert.Equal((1, Published - Room), (message.Data.Length, message.Missed));
    }

    [Fact]
    public async Task PublishAndCount_EachMode_SaysForHowManyItWasQueued()
    {
        LocalNode publisher = await JoinAsync("publisher");
        Assert.Equal(0, await publisher.PublishAndCountAsync("jobs", 1).DefaultTimeout());
        LocalNode[] workers = [await JoinAsync("a"), await JoinAsync("b"), await JoinAsync("c")];
        await using NodeSubscription<int> first = await workers[0].OpenSubscriptionAsync<int>("jobs").DefaultTimeout();
        await using NodeSubscription<int> again = await workers[0].OpenSubscriptionAsync<int>("jobs").DefaultTimeout();
        await using NodeSubscription<int> second = await workers[1].OpenSubscriptionAsync<int>("jobs").DefaultTimeout();

        Assert.Equal(2, await publisher.PublishAndCountAsync("jobs", 2).DefaultTimeout()); // each participant once
        Assert.Equal(1, await publisher.PublishAndCountAsync("jobs", 3, PublishMode.One).DefaultTimeout());
        Assert.Equal(4, await publisher.PublishAndCountAsync("jobs", 4, PublishMode.Every).DefaultTimeout()); // itself among them
        Assert.Equal(2, Assert.Single(await TakeAsync(again, 1)).Data);
        await FailsAsync(LocalCastError.NoSubscriber, () => publisher.PublishAndCountAsync("nobody", 1, PublishMode.One).AsTask());
        await FailsAsync(LocalCastError.Forbidden, () => publisher.PublishAndCountAsync("localcast.nodes", 1).AsTask());
    }

    [Fact]
    public async Task Publish_One_IsAcknowledgedByOneSubscriberOrFails()
    {
        LocalNode publisher = await JoinAsync("publisher");
        await FailsAsync(LocalCastError.NoSubscriber, () => publisher.PublishAsync("jobs", 1, PublishMode.One).AsTask());
        LocalNode[] workers = [await JoinAsync("a"), await JoinAsync("b")];
        await using NodeSubscription<int> first = await workers[0].OpenSubscriptionAsync<int>("jobs").DefaultTimeout();
        await using NodeSubscription<int> second = await workers[1].OpenSubscriptionAsync<int>("jobs").DefaultTimeout();

        for (int i = 0; i < 20; i++)
        {
            await publisher.PublishAsync("jobs", i, PublishMode.One).DefaultTimeout();
        }

        await publisher.PublishAsync("jobs", -1).DefaultTimeout(); // to both: nothing comes behind it
        List<int> got = [];
        foreach (NodeSubscription<int> subscription in (NodeSubscription<int>[])[first, second])
        {
            await foreach (TopicMessage<int> message in subscription.ReadAllAsync())
            {
                if (message.Data < 0)
                {
                    break;
                }

                got.Add(message.Data);
            }
        }

        Assert.Equal(Enumerable.Range(0, 20), got.Order());
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData("a*")]
    public async Task Subscribe_Nonsense_IsBadRequest(string pattern)
    {
        LocalNode node = await JoinAsync("node");

        await FailsAsync(LocalCastError.BadRequest, () => node.OpenSubscriptionAsync<int>(pattern).AsTask());
    }

    [Fact]
    public async Task Subscribe_Cancelled_Throws()
    {
        LocalNode node = await JoinAsync("node");
        using var cancellation = new CancellationTokenSource();
        Task reading = Task.Run(async () =>
        {
            await foreach (TopicMessage<int> _ in node.SubscribeAsync<int>("a", cancellation.Token))
            {
            }
        });

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.DefaultTimeout());
    }

    [Fact]
    public async Task Subscription_NodeLeaves_Ends()
    {
        LocalNode node = await JoinAsync("node");
        NodeSubscription<int> subscription = await node.OpenSubscriptionAsync<int>("a").DefaultTimeout();
        Task<List<TopicMessage<int>>> reading = ReadToEndAsync(subscription);

        await node.DisposeAsync().DefaultTimeout();

        Assert.Empty(await reading.DefaultTimeout());
        await subscription.DisposeAsync().DefaultTimeout();
    }

    internal static Task<IReadOnlyList<TopicMessage<T>>> TakeAsync<T>(NodeSubscription<T> subscription, int count)
    {
        return Take().DefaultTimeout();

        async Task<IReadOnlyList<TopicMessage<T>>> Take()
        {
            List<TopicMessage<T>> taken = [];
            await foreach (TopicMessage<T> message in subscription.ReadAllAsync())
            {
                taken.Add(message);
                if (taken.Count == count)
                {
                    break;
                }
            }

            return taken;
        }
    }

    private static async Task<List<TopicMessage<int>>> ReadToEndAsync(NodeSubscription<int> subscription)
    {
        List<TopicMessage<int>> all = [];
        await foreach (TopicMessage<int> message in subscription.ReadAllAsync())
        {
            all.Add(message);
        }

        return all;
    }
}

public sealed class TopicTestsInMemory() : TopicTests(new TestPlace.Memory());

public sealed class TopicTestsOnAPipe() : TopicTests(new TestPlace.Pipe());
