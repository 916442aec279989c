using System.Buffers;
using LocalCast.Protocol;

namespace LocalCast.Benchmarks;

internal static class Frames
{
    /// <summary>The body of a binary frame.</summary>
    public static byte[] Encode(Envelope envelope)
    {
        var body = new ArrayBufferWriter<byte>();
        BinaryCodec.Encode(envelope, body);
        return body.WrittenSpan.ToArray();
    }
}
