using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>A message that waits to be sent on a link. A large one is sent in chunks: first itself without its payload, then the payload piece by piece.</summary>
public sealed class LinkMessage
{
    /// <summary>The type of a chunk. It exists between two neighbours only.</summary>
    public const string ChunkType = "mesh-chunk";

    /// <summary>The most payload bytes of one message on a link.</summary>
    public const int ChunkBytes = 256 * 1024;

    /// <summary>The most bytes of a frame on a link, and of a text message: a larger one would end the link.</summary>
    internal const int MostFrameBytes = 1024 * 1024;

    /// <summary>A character of a text may take so many bytes in JSON, where it is escaped.</summary>
    private const int MostBytesPerCharacter = 6;

    internal const string TotalHeader = "total";
    internal const string KindHeader = "kind";
    private readonly Envelope _whole;
    private readonly byte[]? _head;

    private LinkMessage(Envelope whole, byte[]? head) => (_whole, _head) = (whole, head);

    /// <summary>In how many parts it is sent.</summary>
    public int Parts => _head is null ? 1 : 1 + ((_whole.Payload.Length + ChunkBytes - 1) / ChunkBytes);

    /// <summary>Whether a message is a chunk of another.</summary>
    public static bool IsChunk(Envelope message) => message is { Type: MessageType.Other, TypeName: ChunkType };

    /// <summary>Makes a message ready to be sent.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isWhole">Whether it goes to one who does not know chunks.</param>
    /// <param name="prepared">What to queue.</param>
    /// <returns>Whether it can be sent at all.</returns>
    internal static bool TryPrepare(Envelope message, bool isWhole, [NotNullWhen(true)] out LinkMessage? prepared)
    {
        prepared = null;
        if (isWhole && !FitsOneFrame(message))
        {
            return false;
        }

        if (isWhole || message.Payload.Length <= ChunkBytes)
        {
            prepared = new LinkMessage(message, null);
            return true;
        }

        var head = new ArrayBufferWriter<byte>();
        try
        {
            BinaryCodec.Encode(message with { PayloadKind = PayloadKind.None, Payload = default }, head);
        }
        catch (LocalCastException)
        {
            return false; // its optional fields exceed what a packet can hold, so nothing of it could be sent
        }

        prepared = new LinkMessage(message, head.WrittenSpan.ToArray());
        return true;
    }

    /// <summary>Whether a message in JSON is not too long. Only one that might be is encoded for that.</summary>
    private static bool FitsOneFrame(Envelope message)
    {
        if ((long)MeshMessage.SizeOf(message) * MostBytesPerCharacter <= MostFrameBytes)
        {
            return true;
        }

        var body = new ArrayBufferWriter<byte>();
        try
        {
            JsonCodec.Encode(message, body);
        }
        catch (Exception e) when (e is LocalCastException or InvalidDataException)
        {
            return true; // not for its length: whoever encodes it to send it reports why
        }

        return body.WrittenCount <= MostFrameBytes;
    }

    /// <summary>What is sent of it.</summary>
    internal Envelope Part(long number, int part)
    {
        if (_head is null)
        {
            return _whole;
        }

        int from = (part - 1) * ChunkBytes;
        return new Envelope
        {
            Type = MessageType.Other,
            TypeName = ChunkType,
            Id = number.ToString(CultureInfo.InvariantCulture),
            Headers = part > 0 ? null : new Dictionary<string, string>
            {
                [TotalHeader] = _whole.Payload.Length.ToString(CultureInfo.InvariantCulture),
                [KindHeader] = ((int)_whole.PayloadKind).ToString(CultureInfo.InvariantCulture),
            },
            PayloadKind = PayloadKind.Bytes,
            Payload = part == 0 ? _head : _whole.Payload.Slice(from, Math.Min(ChunkBytes, _whole.Payload.Length - from)),
        };
    }
}
