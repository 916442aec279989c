using System.Buffers.Binary;

namespace LocalCast.Cli.Bench;

/// <summary>The payload of a measured publication: one byte for its kind and, where there is room, the time when it was sent. The rest is filling.</summary>
internal static class BenchMessage
{
    public const byte WarmUp = 0;
    public const byte Counted = 1;
    public const byte End = 2;

    /// <summary>Every so many messages carry their time: enough for percentiles, and nothing to speak of in cost.</summary>
    public const int TimedEvery = 64;

    public const int SizeWithTime = 1 + sizeof(long);

    /// <summary>Writes the time in ticks of the stopwatch, which all processes of a machine share; 0 is none.</summary>
    public static void WriteTime(Span<byte> payload, long ticks)
    {
        if (payload.Length >= SizeWithTime)
        {
            BinaryPrimitives.WriteInt64LittleEndian(payload[1..], ticks);
        }
    }

    public static long ReadTime(ReadOnlySpan<byte> payload) =>
        payload.Length >= SizeWithTime ? BinaryPrimitives.ReadInt64LittleEndian(payload[1..]) : 0;
}
