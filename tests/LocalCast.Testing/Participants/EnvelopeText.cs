using System.Buffers;
using System.Text;
using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Testing;

/// <summary>Looks into received messages.</summary>
public static class EnvelopeText
{
    /// <summary>The whole message as JSON.</summary>
    public static string Text(this Envelope envelope)
    {
        var text = new ArrayBufferWriter<byte>();
        JsonCodec.Encode(envelope, text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <summary>The payload as text.</summary>
    public static string PayloadText(this Envelope envelope) => Encoding.UTF8.GetString(envelope.Payload.Span);

    /// <summary>A field of the payload.</summary>
    public static JsonElement Field(this Envelope envelope, params ReadOnlySpan<string> path)
    {
        using var document = JsonDocument.Parse(envelope.Payload);
        JsonElement element = document.RootElement;
        foreach (string name in path)
        {
            element = element.GetProperty(name);
        }

        return element.Clone();
    }
}
