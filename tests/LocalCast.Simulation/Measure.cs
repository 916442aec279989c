using System.Buffers;
using LocalCast.Protocol;

namespace LocalCast.Simulation;

/// <summary>What a message takes on the wire.</summary>
internal static class Measure
{
    public static int SizeOf(Envelope message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        BinaryCodec.Encode(message, buffer);
        return buffer.WrittenCount;
    }
}
