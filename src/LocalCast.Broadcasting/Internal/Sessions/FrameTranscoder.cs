using System.Buffers;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Turns JSON frames into packets, so that everything behind it knows one form only.</summary>
internal sealed class FrameTranscoder(ProtocolLimits limits)
{
    private readonly ArrayBufferWriter<byte> _packet = new();

    /// <summary>The packet of a JSON frame; valid until the next one.</summary>
    /// <exception cref="InvalidDataException">The frame is malformed.</exception>
    public ReadOnlySpan<byte> ToBinary(ReadOnlySpan<byte> json)
    {
        _packet.ResetWrittenCount();
        BinaryCodec.Encode(JsonCodec.Decode(json, limits), _packet);
        return _packet.WrittenSpan;
    }
}
