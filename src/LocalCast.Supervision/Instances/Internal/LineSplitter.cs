using System.Buffers;

namespace LocalCast.Supervision.Internal;

/// <summary>Makes lines of what one stream of a process delivers. Holds at most one piece, and nothing between two lines.</summary>
internal sealed class LineSplitter(OutputStream stream, IInstanceListener listener)
{
    public const int MaxLineBytes = 16 * 1024;

    private byte[] _rest = [];
    private int _length;

    public void Take(ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int end = data.IndexOf((byte)'\n');
            AddPieces(end < 0 ? data : data[..end], isWhole: end >= 0);
            data = end < 0 ? default : data[(end + 1)..];
        }
    }

    /// <summary>The stream ended: what came after the last line's end is a line as well.</summary>
    public void End()
    {
        if (_length > 0)
        {
            Print([]);
        }
    }

    private void AddPieces(ReadOnlySpan<byte> data, bool isWhole)
    {
        while (_length + data.Length > MaxLineBytes)
        {
            int count = MaxLineBytes - _length;
            Print(data[..count]);
            data = data[count..];
        }

        if (isWhole)
        {
            Print(data);
        }
        else
        {
            Keep(data);
        }
    }

    private void Print(ReadOnlySpan<byte> data)
    {
        if (_length > 0)
        {
            Keep(data);
            data = _rest.AsSpan(0, _length);
        }

        try
        {
            bool isPiece = data.Length == MaxLineBytes;
            listener.Printed(stream, !isPiece && data.EndsWith("\r"u8) ? data[..^1] : data);
        }
        finally
        {
            Forget();
        }
    }

    private void Keep(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        if (_rest.Length == 0)
        {
            _rest = ArrayPool<byte>.Shared.Rent(MaxLineBytes);
        }

        data.CopyTo(_rest.AsSpan(_length));
        _length += data.Length;
    }

    private void Forget()
    {
        if (_rest.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_rest);
            _rest = [];
            _length = 0;
        }
    }
}
