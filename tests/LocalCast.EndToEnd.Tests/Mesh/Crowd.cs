using System.Collections.Concurrent;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Subscribers on many agents, and what each of them got.</summary>
internal sealed class Crowd : IAsyncDisposable
{
    private readonly IReadOnlyList<(NodeSubscription<string> Subscription, ConcurrentQueue<string> Got)> _subscribers;
    private readonly Task[] _readers;

    private Crowd(IReadOnlyList<NodeSubscription<string>> subscriptions)
    {
        _subscribers = [.. subscriptions.Select(subscription => (subscription, new ConcurrentQueue<string>()))];
        _readers = [.. _subscribers.Select(subscriber => ReadAsync(subscriber.Subscription, subscriber.Got))];
    }

    public static async Task<Crowd> SubscribeAsync(IEnumerable<LocalNode> nodes, string pattern) =>
        new(await Task.WhenAll(nodes.Select(node => node.OpenSubscriptionAsync<string>(pattern).AsTask())).DefaultTimeout());

    /// <summary>What each got whose text begins so, in order of the texts: ways change, and messages on different ways overtake each other.</summary>
    public string[][] Got(string prefix) =>
        [.. _subscribers.Select(subscriber => subscriber.Got.Where(text => text.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray())];

    public async ValueTask DisposeAsync()
    {
        foreach ((NodeSubscription<string> subscription, _) in _subscribers)
        {
            await subscription.DisposeAsync();
        }

        await Task.WhenAll(_readers).DefaultTimeout();
    }

    private static async Task ReadAsync(NodeSubscription<string> subscription, ConcurrentQueue<string> got)
    {
        await foreach (TopicMessage<string> message in subscription.ReadAllAsync())
        {
            Assert.Equal(0, message.Missed);
            got.Enqueue(message.Data);
        }
    }
}
