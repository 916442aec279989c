using System.Buffers;

namespace LocalCast.Protocol.Tests;

/// <summary>Bytes in pieces, as a pipe hands them out.</summary>
internal static class Segments
{
    public static ReadOnlySequence<byte> Of(params IEnumerable<byte[]> pieces)
    {
        Segment? first = null;
        Segment? last = null;
        foreach (byte[] piece in pieces)
        {
            last = last is null ? first = new Segment(piece) : last.Append(piece);
        }

        return first is null || last is null ? default : new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] piece) => Memory = piece;

        public Segment Append(byte[] piece)
        {
            var next = new Segment(piece) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
