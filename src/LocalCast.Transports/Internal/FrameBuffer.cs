using System.Buffers;

namespace LocalCast.Transports.Internal;

/// <summary>Frames one behind the other in a pooled buffer that grows. Without frames it holds none. Hot path.</summary>
/// <remarks>Not thread-safe, and changed in place: to be used as a field.</remarks>
internal struct FrameBuffer
{
    private const int FirstBytes = 1024;

    /// <summary>The bytes in it; a field, so that others may read it without the lock of its owner.</summary>
    public int Length;

    private byte[]? _bytes;

    /// <summary>Adds a frame, given in pieces of that size together.</summary>
    public void Append(int size, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, ReadOnlySpan<byte> fourth)
    {
        Span<byte> room = MakeRoom(size);
        first.CopyTo(room);
        second.CopyTo(room = room[first.Length..]);
        third.CopyTo(room = room[second.Length..]);
        fourth.CopyTo(room[third.Length..]);
        Length += size;
    }

    /// <summary>Hands over what is in it, and is empty. The buffer is the caller's, to be given back to the pool.</summary>
    public byte[] Take(out int length)
    {
        byte[] bytes = _bytes ?? [];
        length = Length;
        (_bytes, Length) = (null, 0);
        return bytes;
    }

    /// <summary>Forgets what is in it.</summary>
    public void Release()
    {
        if (_bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }

        (_bytes, Length) = (null, 0);
    }

    private Span<byte> MakeRoom(int size)
    {
        if (_bytes is null)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(size, FirstBytes));
        }
        else if (_bytes.Length - Length < size)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + size, _bytes.Length * 2));
            _bytes.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsSpan(Length);
    }
}
