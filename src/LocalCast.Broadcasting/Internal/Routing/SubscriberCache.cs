using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Who gets a topic, by the topic's bytes, so that a publication costs one look-up. Emptied by every change of a subscription. Hot path.</summary>
internal sealed class SubscriberCache
{
    private const int MostTopics = 4096;

    private readonly ConcurrentDictionary<byte[], Session[]> _byTopic = new(new BytesComparer());

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

    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
