using System.Globalization;
using System.Text.Json;

namespace LocalCast.Protocol;

/// <summary>Writes an envelope as JSON. What goes in raw was checked by <see cref="JsonPayloads"/>.</summary>
internal static class JsonEnvelopeWriter
{
    public static void Write(Envelope e, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", e.Spelling);
        Text("id", e.Id);
        Text("from", e.From);
        Text("to", e.To);
        Text("reply_to", e.ReplyTo);
        Text("topic", e.Topic);
        Text("group", e.Group);
        WriteData(e, json);
        if (e.Headers is { Count: > 0 } headers)
        {
            json.WriteStartObject("headers");
            foreach ((string key, string value) in headers)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        Text("timestamp", e.Timestamp?.UtcDateTime.ToString(JsonCodec.TimestampFormat, CultureInfo.InvariantCulture));
        if (e.Ttl is { } ttl)
        {
            json.WriteNumber("ttl", ttl);
        }

        if (e.Route is { Count: > 0 } route)
        {
            json.WriteStartArray("route");
            foreach (string agent in route)
            {
                json.WriteStringValue(agent);
            }

            json.WriteEndArray();
        }

        if (e.DeadlineMs is { } deadline)
        {
            json.WriteNumber("deadline_ms", deadline);
        }

        if (e.Error is { } error)
        {
            json.WritePropertyName("error");
            JsonErrors.Write(error, json);
        }

        json.WriteEndObject();

        void Text(string name, string? value)
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }
    }

    private static void WriteData(Envelope e, Utf8JsonWriter json)
    {
        switch (e.Type)
        {
            case MessageType.Call:
                json.WriteStartObject("data");
                if (e.Method is not null)
                {
                    json.WriteString("method", e.Method);
                }

                WritePayload(e, json, "args");
                json.WriteEndObject();
                break;
            case MessageType.Result:
                json.WriteStartObject("data");
                json.WriteBoolean("success", e.Error is null);
                if (e is { Error: null, PayloadKind: PayloadKind.None })
                {
                    json.WriteNull("result"); // null is a result
                }

                WritePayload(e, json, "result");
                json.WriteEndObject();
                break;
            case MessageType.Publish:
                json.WriteStartObject("data");
                json.WriteString("mode", e.Mode switch { PublishMode.One => "one", PublishMode.Every => "every", _ => "all" });
                WritePayload(e, json, "payload");
                json.WriteEndObject();
                break;
            default:
                WritePayload(e, json, "data");
                break;
        }
    }

    private static void WritePayload(Envelope e, Utf8JsonWriter json, string name)
    {
        switch (e.PayloadKind)
        {
            case PayloadKind.Json:
                json.WritePropertyName(name);
                json.WriteRawValue(e.Payload.Span, skipInputValidation: true);
                break;
            case PayloadKind.Bytes:
                json.WriteBase64String("bytes", e.Payload.Span);
                break;
            case PayloadKind.None:
            default:
                break;
        }
    }
}
