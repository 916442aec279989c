using System.Buffers;
using System.Text;

namespace LocalCast.Protocol.Tests;

/// <summary>Both codecs, from value to value.</summary>
internal static class Codec
{
    public static readonly ProtocolLimits Limits = new();

    public static Envelope FromJson(string json) => JsonCodec.Decode(Encoding.UTF8.GetBytes(json), Limits);

    public static string ToJson(Envelope envelope) => Encoding.UTF8.GetString(JsonBytes(envelope));

    public static string ToHex(Envelope envelope) => Convert.ToHexStringLower(BinaryBytes(envelope));

    public static byte[] JsonBytes(Envelope envelope)
    {
        var writer = new ArrayBufferWriter<byte>();
        JsonCodec.Encode(envelope, writer);
        return writer.WrittenSpan.ToArray();
    }

    public static byte[] BinaryBytes(Envelope envelope)
    {
        var writer = new ArrayBufferWriter<byte>();
        BinaryCodec.Encode(envelope, writer);
        return writer.WrittenSpan.ToArray();
    }
}
