using System.Collections.Concurrent;
using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Names and their channels, remembered, so that neither a hash nor a string is made per message. Bounded.</summary>
internal sealed class NameCache
{
    private const int Most = 4096;

    private readonly ConcurrentDictionary<string, Channel> _channels = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Channel, string> _names = new();

    /// <summary>The channel that a name or a channel in hex addresses.</summary>
    public Channel ChannelOf(string address)
    {
        if (_channels.TryGetValue(address, out Channel channel))
        {
            return channel;
        }

        channel = Channel.OfAddress(address);
        Forget(_channels);
        _channels[address] = channel;
        return channel;
    }

    /// <summary>The name of a sender, given with its channel in every message.</summary>
    public string Find(Channel channel, ReadOnlySpan<byte> utf8Name)
    {
        if (_names.TryGetValue(channel, out string? name))
        {
            return name;
        }

        name = utf8Name.IsEmpty ? channel.ToString() : Encoding.UTF8.GetString(utf8Name);
        if (!utf8Name.IsEmpty)
        {
            Forget(_names);
            _names[channel] = name;
        }

        return name;
    }

    private static void Forget<TKey, TValue>(ConcurrentDictionary<TKey, TValue> cache)
        where TKey : notnull
    {
        if (cache.Count >= Most)
        {
            cache.Clear();
        }
    }
}
