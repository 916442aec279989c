using System.Buffers.Binary;
using System.Text.Unicode;

namespace LocalCast.Protocol;

/// <summary>Measures and checks the optional fields of a packet, one at a time. Hot path.</summary>
internal static class PacketFields
{
    /// <summary>How many kinds of fields there are.</summary>
    public const int Count = 13;

    private const int ErrorHead = sizeof(ushort) + sizeof(uint);

    /// <summary>Finds out how many bytes the field at the front of <paramref name="rest"/> takes.</summary>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    public static string? Measure(PacketFlags field, ReadOnlySpan<byte> rest, out int size)
    {
        size = 0;
        return field switch
        {
            PacketFlags.Deadline => Fixed(field, rest, sizeof(uint), ref size),
            PacketFlags.Timestamp => Timestamp(field, rest, ref size),
            PacketFlags.Headers => Strings(field, rest, 2, ProtocolLimits.DefaultHeaders, ref size),
            PacketFlags.Route => Strings(field, rest, 1, ProtocolLimits.DefaultRoute, ref size),
            PacketFlags.Error => Fixed(field, rest, ErrorHead, ref size) ?? Text(field, rest, ref size) ?? Text(field, rest, ref size),
            _ => Text(field, rest, ref size),
        };
    }

    /// <summary>A string: 16-bit size, UTF-8.</summary>
    private static string? Text(PacketFlags field, ReadOnlySpan<byte> rest, ref int at)
    {
        int start = at + sizeof(ushort);
        int length = start <= rest.Length ? BinaryPrimitives.ReadUInt16BigEndian(rest[at..]) : 0;
        if (start + length > rest.Length)
        {
            return PastTheEnd(field);
        }

        at = start + length;
        return Utf8.IsValid(rest.Slice(start, length)) ? null : $"the field {field} is not UTF-8";
    }

    private static string? Fixed(PacketFlags field, ReadOnlySpan<byte> rest, int length, ref int at)
    {
        at += length;
        return at <= rest.Length ? null : PastTheEnd(field);
    }

    private static string? Timestamp(PacketFlags field, ReadOnlySpan<byte> rest, ref int at)
    {
        if (Fixed(field, rest, sizeof(long), ref at) is { } why)
        {
            return why;
        }

        long value = BinaryPrimitives.ReadInt64BigEndian(rest);
        return value < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || value > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? "the timestamp is not a date"
            : null;
    }

    /// <summary>A 16-bit count and that many strings, or pairs of them.</summary>
    private static string? Strings(PacketFlags field, ReadOnlySpan<byte> rest, int perItem, int most, ref int at)
    {
        string? why = Fixed(field, rest, sizeof(ushort), ref at);
        int count = why is null ? BinaryPrimitives.ReadUInt16BigEndian(rest) : 0;
        if (count > most)
        {
            return $"the field {field} has at most {most} entries, this one has {count}";
        }

        for (int i = count * perItem; i > 0 && why is null; i--)
        {
            why = Text(field, rest, ref at);
        }

        return why;
    }

    private static string PastTheEnd(PacketFlags field) => $"the field {field} reaches past the end of the optional fields";
}
