using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Who gets a topic, by the topic's bytes, so that a publication costs one look-up. Emptied by every change of a subscription. Hot path.</summary>
internal sealed class SubscriberCache
{
    private const int MostTopics = 4096;

    private readonly ConcurrentDictionary<byte[], Session[]> _byTopic = new(Utf8Comparer.Instance);

    public bool TryGet(ReadOnlySpan<byte> topic, [NotNullWhen(true)] out Session[]? subscribers) =>
        _byTopic.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out subscribers);

    /// <summary>Adds a topic; called under the lock that guards the subscriptions, so that a change cannot slip in between.</summary>
    public void Add(ReadOnlySpan<byte> topic, Session[] subscribers)
    {
        if (_byTopic.Count >= MostTopics)
        {
            _byTopic.Clear();
        }

        _byTopic[topic.ToArray()] = subscribers;
    }

    public void Clear() => _byTopic.Clear();
}
