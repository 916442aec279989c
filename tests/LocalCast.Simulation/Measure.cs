using System.Buffers;
using LocalCast.Protocol;

namespace LocalCast.Simulation;

/// <summary>What a message takes on the wire.</summary>
internal static class Measure
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    public static int SizeOf(Envelope message)
    {
        ArrayBufferWriter<byte> buffer = _buffer ??= new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        BinaryCodec.Encode(message, buffer);
        return buffer.WrittenCount;
    }
}
