using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace LocalCast.Protocol;

/// <summary>Turns an envelope into JSON and back.</summary>
public static class JsonCodec
{
    /// <summary>The first byte of every JSON envelope.</summary>
    public const byte FirstByte = (byte)'{';

    internal const string TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly JsonWriterOptions _writerOptions = new()
    {
        // Readable text for other languages; the result is never put into a web page as it is.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = false,
    };

    /// <summary>Reads an envelope.</summary>
    /// <exception cref="InvalidDataException">It is malformed; the message says how.</exception>
    public static Envelope Decode(ReadOnlySpan<byte> body, ProtocolLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (!Utf8.IsValid(body))
        {
            throw new InvalidDataException("the JSON is not UTF-8");
        }

        try
        {
            return new JsonEnvelopeReader(limits).Read(body);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the JSON is malformed at byte {e.BytePositionInLine}", e);
        }
        catch (InvalidOperationException e)
        {
            // The reader's answer to an escape that is half a surrogate pair.
            throw new InvalidDataException("the JSON holds text that is not Unicode", e);
        }
    }

    /// <summary>Writes an envelope.</summary>
    /// <exception cref="InvalidDataException">The payload or the error's data claims to be JSON and is not; nothing was written.</exception>
    public static void Encode(Envelope envelope, IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        JsonPayloads.Check(envelope);
        using var json = new Utf8JsonWriter(writer, _writerOptions);
        JsonEnvelopeWriter.Write(envelope, json);
    }
}
