using System.Runtime.InteropServices;
using System.Text;

namespace LocalCast.Protocol;

/// <summary>Texts that a thread read last: names, methods and agents come in every message, and are the same few. Bounded in number and in length. Hot path.</summary>
internal static class TextCache
{
    private const int Places = 512; // a power of two
    private const int LongestKept = 160;

    [ThreadStatic]
    private static (byte[] Utf8, string Text)[]? _known;

    public static string Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestKept)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref (byte[] Utf8, string Text) place = ref (_known ??= new (byte[], string)[Places])[PlaceOf(utf8)];
        if (place.Text is null || !utf8.SequenceEqual(place.Utf8))
        {
            place = (utf8.ToArray(), Encoding.UTF8.GetString(utf8));
        }

        return place.Text;
    }

    // Its quality matters little: two texts in one place take turns.
    private static int PlaceOf(ReadOnlySpan<byte> utf8)
    {
        ulong hash = (ulong)utf8.Length * 0x9E3779B97F4A7C15;
        foreach (ulong block in MemoryMarshal.Cast<byte, ulong>(utf8))
        {
            hash = (hash ^ block) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 32;
        }

        foreach (byte rest in utf8[(utf8.Length & ~7)..])
        {
            hash = (hash ^ rest) * 0x9E3779B97F4A7C15;
        }

        return (int)(hash >> 55) & (Places - 1);
    }
}
