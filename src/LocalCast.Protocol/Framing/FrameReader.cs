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

    /// <summary>Hands every whole frame at the front of <paramref name="buffer"/> to a handler, without copying those that lie in one piece.</summary>
    /// <returns><see cref="FrameStatus.Complete"/> when the handler wants no more, else why there is no further frame.</returns>
    public static FrameStatus ReadAll<THandler>(ref ReadOnlySequence<byte> buffer, int maxFrameBytes, THandler handler)
        where THandler : class, IFrameHandler
    {
        while (true)
        {
            ReadOnlySpan<byte> piece = buffer.FirstSpan;
            bool isLast = buffer.IsSingleSegment; // asked before slicing: behind a frame that ends with its piece begins the next piece
            FrameStatus status = ReadPiece(piece, maxFrameBytes, handler, out int consumed);
            buffer = buffer.Slice(consumed);
            if (status != FrameStatus.Partial || isLast)
            {
                return status;
            }

            status = TryRead(ref buffer, maxFrameBytes, out ReadOnlySequence<byte> body);
            if (status != FrameStatus.Complete || !HandleCopy(body, handler))
            {
                return status;
            }
        }
    }

    private static FrameStatus ReadPiece<THandler>(ReadOnlySpan<byte> piece, int maxFrameBytes, THandler handler, out int consumed)
        where THandler : class, IFrameHandler
    {
        consumed = 0;
        while (piece.Length - consumed >= PrefixSize)
        {
            int length = BinaryPrimitives.ReadInt32BigEndian(piece[consumed..]);
            if (length < 0 || length > maxFrameBytes)
            {
                return length < 0 ? FrameStatus.Negative : FrameStatus.TooLarge;
            }

            if (piece.Length - consumed - PrefixSize < length)
            {
                return FrameStatus.Partial;
            }

            ReadOnlySpan<byte> body = piece.Slice(consumed + PrefixSize, length);
            consumed += PrefixSize + length;
            if (length > 0 && !handler.OnFrame(body))
            {
                return FrameStatus.Complete;
            }
        }

        return FrameStatus.Partial;
    }

    private static bool HandleCopy<THandler>(in ReadOnlySequence<byte> body, THandler handler)
        where THandler : class, IFrameHandler
    {
        int size = (int)body.Length;
        byte[] copy = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            body.CopyTo(copy);
            return handler.OnFrame(copy.AsSpan(0, size));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }
}
