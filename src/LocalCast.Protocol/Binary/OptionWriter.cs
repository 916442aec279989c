using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace LocalCast.Protocol;

/// <summary>Writes the optional fields of a packet. The caller calls in the order of the flags.</summary>
internal static class OptionWriter
{
    public const int MaxSize = ushort.MaxValue;

    public static void WriteText(this IBufferWriter<byte> writer, string text)
    {
        int size = Encoding.UTF8.GetByteCount(text);
        if (size > MaxSize)
        {
            throw new LocalCastException(LocalCastError.TooLarge, $"a field has at most {MaxSize} bytes, this one has {size}");
        }

        Span<byte> span = writer.GetSpan(sizeof(ushort) + size);
        BinaryPrimitives.WriteUInt16BigEndian(span, (ushort)size);
        Encoding.UTF8.GetBytes(text, span[sizeof(ushort)..]);
        writer.Advance(sizeof(ushort) + size);
    }

    public static void WriteUInt16(this IBufferWriter<byte> writer, ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(writer.GetSpan(sizeof(ushort)), value);
        writer.Advance(sizeof(ushort));
    }

    public static void WriteUInt32(this IBufferWriter<byte> writer, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(writer.GetSpan(sizeof(uint)), value);
        writer.Advance(sizeof(uint));
    }

    public static void WriteInt64(this IBufferWriter<byte> writer, long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(writer.GetSpan(sizeof(long)), value);
        writer.Advance(sizeof(long));
    }
}
