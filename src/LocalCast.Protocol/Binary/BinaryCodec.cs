using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace LocalCast.Protocol;

/// <summary>Turns an envelope into the body of a binary packet and back.</summary>
public static class BinaryCodec
{
    private const uint NoRetryAfter = uint.MaxValue;
    private const int MostErrorMessageBytes = 4096;
    private const int MostErrorDataBytes = 16 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _options;

    /// <summary>Writes the packet.</summary>
    /// <exception cref="LocalCastException"><see cref="LocalCastError.TooLarge"/> when the optional fields exceed 64 KiB.</exception>
    public static void Encode(Envelope envelope, IBufferWriter<byte> writer) => Encode(envelope, number: null, writer);

    /// <summary>Writes the packet as a hop on the way that has its own number for the message: in place of the id, or of the quoted one, and without the way so far.</summary>
    /// <param name="envelope">The message.</param>
    /// <param name="number">The number; 0 for a message that expects no answer.</param>
    /// <param name="isReply">Whether it is the number of what is answered.</param>
    /// <param name="writer">Where to.</param>
    public static void EncodeNumbered(Envelope envelope, uint number, bool isReply, IBufferWriter<byte> writer) => Encode(envelope, (number, isReply), writer);

    private static void Encode(Envelope envelope, (uint Sequence, bool IsReply)? number, IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ArgumentNullException.ThrowIfNull(writer);
        ArrayBufferWriter<byte> options = _options ??= new ArrayBufferWriter<byte>(512);
        options.ResetWrittenCount();
        PacketFlags flags = WriteOptions(envelope, number, options, out uint sequence);
        if (options.WrittenCount > OptionWriter.MaxSize)
        {
            throw new LocalCastException(LocalCastError.TooLarge, $"the fields of a message have at most {OptionWriter.MaxSize} bytes, these have {options.WrittenCount}");
        }

        if (envelope.PayloadKind == PayloadKind.Bytes)
        {
            flags |= PacketFlags.Bytes;
        }

        new PacketHeader
        {
            Type = envelope.Type,
            Flags = flags,
            Ttl = number is null ? envelope.Ttl ?? 0 : (byte)0,
            Mode = envelope.Mode,
            OptionsSize = (ushort)options.WrittenCount,
            Sequence = sequence,
            To = envelope.To is null ? Channel.Common : ChannelCache.OfAddress(envelope.To),
            From = envelope.From is null ? Channel.Common : ChannelCache.OfAddress(envelope.From),
        }.Write(writer.GetSpan(PacketHeader.Size));
        writer.Advance(PacketHeader.Size);
        writer.Write(options.WrittenSpan);
        writer.Write(envelope.Payload.Span);
    }

    /// <summary>Reads a packet.</summary>
    /// <exception cref="InvalidDataException">It is malformed; the message says how.</exception>
    public static Envelope Decode(ReadOnlySpan<byte> body) =>
        Packet.TryRead(body, out Packet packet, out string? why) ? ToEnvelope(packet) : throw new InvalidDataException(why);

    /// <summary>The envelope of a packet that was read already.</summary>
    public static Envelope ToEnvelope(in Packet packet)
    {
        PacketHeader header = packet.Header;
        string? sequence = header.Sequence == 0 ? null : header.Sequence.ToString(CultureInfo.InvariantCulture);
        bool isReply = header.Has(PacketFlags.Reply);
        return new Envelope
        {
            Type = header.Type,
            TypeName = header.Type == MessageType.Other ? Text(packet.TypeName) : null,
            Id = Text(packet.Id) ?? (isReply ? null : sequence),
            ReplyTo = Text(packet.ReplyTo) ?? (isReply ? sequence : null),
            From = Known(packet.FromName) ?? Address(header.From),
            To = Known(packet.ToName) ?? Address(header.To),
            Topic = Known(packet.Topic),
            Group = Known(packet.Group),
            Method = Known(packet.Method),
            Mode = header is { Type: MessageType.Publish, Mode: PublishMode.None } ? PublishMode.All : header.Mode,
            Ttl = header.Ttl == 0 ? null : header.Ttl,
            DeadlineMs = packet.DeadlineMs,
            Timestamp = packet.TimestampMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null,
            Headers = ReadHeaders(packet.Headers),
            Route = ReadRoute(packet.Route),
            Error = ReadError(packet.Error),
            PayloadKind = packet.PayloadKind,
            Payload = packet.Payload.ToArray(),
        };
    }

    /// <summary>Reads the encoded error of a packet.</summary>
    public static ErrorInfo? ReadError(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty)
        {
            return null;
        }

        int number = BinaryPrimitives.ReadUInt16BigEndian(encoded);
        uint retryAfterMs = BinaryPrimitives.ReadUInt32BigEndian(encoded[2..]);
        ReadOnlySpan<byte> rest = encoded[6..];
        string message = NextText(ref rest);
        string data = NextText(ref rest);
        return new ErrorInfo(ErrorCatalog.TryFind(number, out LocalCastError code) ? code : LocalCastError.Internal, message)
        {
            RetryAfter = retryAfterMs == NoRetryAfter ? null : TimeSpan.FromMilliseconds(retryAfterMs),
            DataJson = data.Length == 0 ? null : data,
        };
    }

    /// <summary>Reads the encoded headers of a packet.</summary>
    public static IReadOnlyDictionary<string, string>? ReadHeaders(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty)
        {
            return null;
        }

        int count = BinaryPrimitives.ReadUInt16BigEndian(encoded);
        ReadOnlySpan<byte> rest = encoded[sizeof(ushort)..];
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string key = NextText(ref rest);
            headers[key] = NextText(ref rest);
        }

        return headers;
    }

    private static List<string>? ReadRoute(ReadOnlySpan<byte> encoded)
    {
        if (encoded.IsEmpty)
        {
            return null;
        }

        var route = new List<string>(BinaryPrimitives.ReadUInt16BigEndian(encoded));
        ReadOnlySpan<byte> rest = encoded[sizeof(ushort)..];
        while (!rest.IsEmpty)
        {
            int size = BinaryPrimitives.ReadUInt16BigEndian(rest);
            route.Add(TextCache.Read(rest.Slice(sizeof(ushort), size)));
            rest = rest[(sizeof(ushort) + size)..];
        }

        return route;
    }

    private static PacketFlags WriteOptions(Envelope e, (uint Sequence, bool IsReply)? number, ArrayBufferWriter<byte> options, out uint sequence)
    {
        // The sequence carries the quoted id where there is one, else the packet's own; what does not fit is spelled out.
        PacketFlags flags = e.ReplyTo is null ? PacketFlags.None : PacketFlags.Reply;
        bool fits = TryNumber(e.ReplyTo ?? e.Id, out sequence);
        string? id = e.ReplyTo is null && fits ? null : e.Id;
        string? replyTo = fits ? null : e.ReplyTo;
        if (number is { } own)
        {
            (sequence, id, replyTo) = (own.Sequence, null, null);
            flags = own.IsReply ? PacketFlags.Reply : PacketFlags.None;
        }

        Text(PacketFlags.FromName, IsChannel(e.From) ? null : e.From);
        Text(PacketFlags.ToName, IsChannel(e.To) ? null : e.To);
        Text(PacketFlags.Id, id);
        Text(PacketFlags.ReplyTo, replyTo);
        Text(PacketFlags.Topic, e.Topic);
        Text(PacketFlags.Group, e.Group);
        Text(PacketFlags.Method, e.Method);
        if (e.DeadlineMs is { } deadline)
        {
            flags |= PacketFlags.Deadline;
            options.WriteUInt32(deadline);
        }

        if (e.Timestamp is { } timestamp)
        {
            flags |= PacketFlags.Timestamp;
            options.WriteInt64(timestamp.ToUnixTimeMilliseconds());
        }

        Text(PacketFlags.TypeName, e.Type == MessageType.Other ? e.TypeName : null);
        if (e.Headers is { Count: > 0 } headers)
        {
            flags |= PacketFlags.Headers;
            options.WriteUInt16((ushort)headers.Count);
            foreach ((string key, string value) in headers)
            {
                options.WriteText(key);
                options.WriteText(value);
            }
        }

        if (number is null && e.Route is { Count: > 0 } route)
        {
            flags |= PacketFlags.Route;
            options.WriteUInt16((ushort)route.Count);
            foreach (string agent in route)
            {
                options.WriteText(agent);
            }
        }

        if (e.Error is { } error)
        {
            flags |= PacketFlags.Error;
            WriteError(error, options);
        }

        return flags;

        void Text(PacketFlags flag, string? text)
        {
            if (text is not null)
            {
                flags |= flag;
                options.WriteText(text);
            }
        }
    }

    /// <summary>Writes an error as the optional field of a packet. It always fits: a message above 4 KiB is cut, data above 16 KiB is left out.</summary>
    public static void WriteError(ErrorInfo error, IBufferWriter<byte> options)
    {
        ArgumentNullException.ThrowIfNull(error);
        ArgumentNullException.ThrowIfNull(options);
        options.WriteUInt16((ushort)error.Code);
        options.WriteUInt32(error.RetryAfter is { } after ? ErrorInfo.ToWireMs(after) : NoRetryAfter);
        options.WriteText(Cut(error.Message, MostErrorMessageBytes));
        options.WriteText(error.DataJson is { } data && Encoding.UTF8.GetByteCount(data) <= MostErrorDataBytes ? data : "");
    }

    /// <summary>The beginning of a text that fits into so many bytes, in whole characters.</summary>
    private static string Cut(string text, int mostBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= mostBytes)
        {
            return text;
        }

        Utf8.FromUtf16(text, stackalloc byte[mostBytes], out int whole, out _);
        return text[..whole];
    }

    /// <summary>Whether an id is exactly what a non-zero 32-bit number prints as.</summary>
    private static bool TryNumber(string? id, out uint number)
    {
        number = 0;
        return id is { Length: > 0 and <= 10 } && id[0] != '0'
            && !id.AsSpan().ContainsAnyExceptInRange('0', '9') // TryParse alone takes trailing NULs for nothing
            && uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>An address that its 16 bytes say completely.</summary>
    private static bool IsChannel(string? address) => address is not null && Channel.TryParse(address, out Channel channel)
        && !channel.IsCommon && !address.AsSpan().ContainsAnyInRange('A', 'F');

    private static string? Address(Channel channel) => channel.IsCommon ? null : channel.ToString();

    /// <summary>A text that comes again and again.</summary>
    private static string? Known(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? null : TextCache.Read(utf8);

    private static string? Text(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? null : Encoding.UTF8.GetString(utf8);

    private static string NextText(ref ReadOnlySpan<byte> rest)
    {
        int size = BinaryPrimitives.ReadUInt16BigEndian(rest);
        string text = Encoding.UTF8.GetString(rest.Slice(sizeof(ushort), size));
        rest = rest[(sizeof(ushort) + size)..];
        return text;
    }
}
