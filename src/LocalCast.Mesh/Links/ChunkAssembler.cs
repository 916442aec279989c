using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>What a chunk led to. None of the fields set: more are to come, or nobody wants them any more.</summary>
/// <param name="Whole">The message, now that all of it is here.</param>
/// <param name="TooLarge">The message without its payload, when that is larger than this agent takes.</param>
/// <param name="Wrong">Why the chunk makes no sense.</param>
internal readonly record struct ChunkVerdict(Envelope? Whole = null, Envelope? TooLarge = null, string? Wrong = null);

/// <summary>Puts together the messages that come in chunks over one link. Bounded in number, bytes and time. Passive.</summary>
internal sealed class ChunkAssembler(int mostBytes)
{
    /// <summary>Without another chunk for so long a message is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Optional fields have 64 KiB, and there is a fixed header.</summary>
    private const int MostHeadBytes = 66 * 1024;

    private const int LargestSensible = 1 << 30;
    private readonly Dictionary<long, Partial> _partials = [];
    private long _last;

    public int Count => _partials.Count;

    public ChunkVerdict Take(Envelope chunk, TimeSpan now)
    {
        if (!long.TryParse(chunk.Id, NumberStyles.None, CultureInfo.InvariantCulture, out long number) || chunk.PayloadKind != PayloadKind.Bytes || chunk.Payload.Length == 0)
        {
            return new ChunkVerdict(Wrong: "a chunk without a number or without bytes");
        }

        if (chunk.Headers is { } headers)
        {
            return Begin(number, headers, chunk.Payload, now);
        }

        if (!_partials.TryGetValue(number, out Partial? partial))
        {
            // One that was given up, or too large, still trickles in; one that never began makes no sense.
            return number <= _last ? default : new ChunkVerdict(Wrong: "a chunk of a message that has not begun");
        }

        if (chunk.Payload.Length != Math.Min(LinkMessage.ChunkBytes, partial.Total - partial.Bytes))
        {
            _partials.Remove(number);
            return new ChunkVerdict(Wrong: "a chunk that is not as large as it should be");
        }

        partial.Add(chunk.Payload, now);
        return partial.Bytes == partial.Total && _partials.Remove(number) ? new ChunkVerdict(partial.ToEnvelope()) : default;
    }

    /// <summary>Gives up what got stuck.</summary>
    /// <returns>How many messages that were.</returns>
    public int Expire(TimeSpan now)
    {
        long[] stuck = [.. _partials.Where(pair => now - pair.Value.Last >= Patience).Select(pair => pair.Key)];
        foreach (long number in stuck)
        {
            _partials.Remove(number);
        }

        return stuck.Length;
    }

    private ChunkVerdict Begin(long number, IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> bytes, TimeSpan now)
    {
        if (number <= _last || _partials.Count >= LinkQueue<LinkMessage>.MostUnderWay)
        {
            return new ChunkVerdict(Wrong: number <= _last ? "a chunked message that began already" : "too many chunked messages at a time");
        }

        if (!TryRead(headers, LinkMessage.TotalHeader, LargestSensible, out int total) || total <= LinkMessage.ChunkBytes
            || !TryRead(headers, LinkMessage.KindHeader, (int)PayloadKind.Bytes, out int kind) || !TryDecode(bytes, out Envelope? head))
        {
            return new ChunkVerdict(Wrong: "the first chunk of a message makes no sense");
        }

        _last = number;
        if (total > mostBytes)
        {
            return new ChunkVerdict(TooLarge: head);
        }

        _partials.Add(number, new Partial(head, (PayloadKind)kind, total) { Last = now });
        return default;
    }

    private static bool TryRead(IReadOnlyDictionary<string, string> headers, string name, int most, out int value)
    {
        value = 0;
        return headers.TryGetValue(name, out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most;
    }

    private static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Envelope? head)
    {
        head = null;
        try
        {
            head = bytes.Length <= MostHeadBytes ? BinaryCodec.Decode(bytes.Span) : null;
        }
        catch (InvalidDataException)
        {
            return false;
        }

        // Nothing about the link itself, or about chunks, is ever large.
        return head is { Payload.Length: 0 } && !LinkMessage.IsChunk(head)
            && head.Type is not (MessageType.Hello or MessageType.HelloAck or MessageType.Goodbye or MessageType.PingRequest or MessageType.PingResponse);
    }

    private sealed class Partial(Envelope head, PayloadKind kind, int total)
    {
        private readonly List<ReadOnlyMemory<byte>> _pieces = [];

        public int Total { get; } = total;

        public int Bytes { get; private set; }

        public TimeSpan Last { get; set; }

        public void Add(ReadOnlyMemory<byte> piece, TimeSpan now)
        {
            _pieces.Add(piece);
            Bytes += piece.Length;
            Last = now;
        }

        public Envelope ToEnvelope()
        {
            byte[] payload = new byte[Total];
            int at = 0;
            foreach (ReadOnlyMemory<byte> piece in _pieces)
            {
                piece.Span.CopyTo(payload.AsSpan(at));
                at += piece.Length;
            }

            return head with { PayloadKind = kind, Payload = payload };
        }
    }
}
