using System.Buffers;
using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Says on the result of a call how long the call waited for its node.</summary>
internal static class BootHeader
{
    /// <summary>The packet with the header; as it was when there is no room for it, and not a packet any more when it had the most headers already.</summary>
    public static ReadOnlySpan<byte> AddTo(in Packet result, int bootMs)
    {
        Envelope envelope = BinaryCodec.ToEnvelope(result);
        Dictionary<string, string> headers = new(envelope.Headers ?? new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            [HeaderNames.BootMs] = bootMs.ToString(CultureInfo.InvariantCulture),
        };
        var body = new ArrayBufferWriter<byte>();
        try
        {
            BinaryCodec.Encode(envelope with { Headers = headers }, body);
        }
        catch (LocalCastException)
        {
            return result.Raw;
        }

        return body.WrittenSpan;
    }
}
