using System.Collections.Concurrent;
using System.Text;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>Names and their channels, remembered, so that neither a hash nor a string is made per message. Bounded.</summary>
internal sealed class NameCache
{
    /// <summary>The most bytes of <c>name@agent</c>.</summary>
    public const int MostAddressBytes = 512;

    private const int Most = 4096;

    private readonly ConcurrentDictionary<string, Address> _addresses = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Channel, string> _names = new();

    /// <summary>How a name, a channel in hex, or <c>name@agent</c> is said.</summary>
    public Address AddressOf(string text)
    {
        if (_addresses.TryGetValue(text, out Address address))
        {
            return address;
        }

        address = new Address(Channel.OfAddress(text), text.Contains('@', StringComparison.Ordinal) ? FieldOf(text) : []);
        Forget(_addresses);
        _addresses[text] = address;
        return address;
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

    private static byte[] FieldOf(string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        return utf8.Length <= MostAddressBytes
            ? [(byte)(utf8.Length >> 8), (byte)utf8.Length, .. utf8]
            : throw new ArgumentException($"An address has at most {MostAddressBytes} bytes.", nameof(text));
    }

    private static void Forget<TKey, TValue>(ConcurrentDictionary<TKey, TValue> cache)
        where TKey : notnull
    {
        if (cache.Count >= Most)
        {
            cache.Clear();
        }
    }

    /// <summary>Whom a message is for.</summary>
    /// <param name="Channel">The channel.</param>
    /// <param name="Field">The address spelled out, as an optional field of a packet, where the channel does not say all of it: the agent cannot take <c>name@agent</c> apart by its hash.</param>
    public readonly record struct Address(Channel Channel, byte[] Field)
    {
        public PacketFlags Flags => Field.Length > 0 ? PacketFlags.ToName : PacketFlags.None;
    }
}
