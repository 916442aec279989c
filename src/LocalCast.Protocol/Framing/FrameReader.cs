using System.Buffers;
using System.Buffers.Binary;

namespace LocalCast.Protocol;

/// <summary>What stands at the front of a buffer of received bytes.</summary>
public enum FrameStatus
{
    /// <summary>A whole frame.</summary>
    Complete,

    /// <summary>The beginning of one.</summary>
    Partial,

    /// <summary>A length below zero. Nothing after it can be understood.</summary>
    Negative,

    /// <summary>A length above the limit.</summary>
    TooLarge,
}

/// <summary>Cuts frames out of received bytes: a signed 32-bit big-endian length, then that many bytes. Length 0 means nothing and is skipped.</summary>
public static class FrameReader
{
    /// <summary>Bytes of the length.</summary>
    public const int PrefixSize = sizeof(int);

    /// <summary>Takes the next frame off the front of <paramref name="buffer"/>.</summary>
    /// <remarks>The body is checked against the limit as soon as its length is known, before any of it is there.</remarks>
    public static FrameStatus TryRead(ref ReadOnlySequence<byte> buffer, int maxFrameBytes, out ReadOnlySequence<byte> body)
    {
        body = default;
        Span<byte> prefix = stackalloc byte[PrefixSize];
        while (buffer.Length >= PrefixSize)
        {
            int length;
            if (buffer.FirstSpan.Length >= PrefixSize)
            {
                length = BinaryPrimitives.ReadInt32BigEndian(buffer.FirstSpan);
            }
            else
            {
                buffer.Slice(0, PrefixSize).CopyTo(prefix);
                length = BinaryPrimitives.ReadInt32BigEndian(prefix);
            }

            if (length < 0)
            {
                return FrameStatus.Negative;
            }

            if (length > maxFrameBytes)
            {
                return FrameStatus.TooLarge;
            }

            if (buffer.Length - PrefixSize < length)
            {
                return FrameStatus.Partial;
            }

            if (length > 0)
            {
                body = buffer.Slice(PrefixSize, length);
                buffer = buffer.Slice(body.End);
                return FrameStatus.Complete;
            }

            buffer = buffer.Slice(PrefixSize);
        }

        return FrameStatus.Partial;
    }
}
