using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Says in Relay's words what goes to a neighbour that speaks them.</summary>
internal static class RelayWriter
{
    /// <summary>How deep a payload may nest: with what is put around it, it has to stay below what a receiver reads, 64 levels.</summary>
    private const int MostDepth = 54;

    /// <summary>A call becomes a <c>server_call</c>, the answer to one a <c>server_response</c>; what Relay has no word for stays as it is.</summary>
    public static Envelope Write(Envelope message, string neighbour)
    {
        var from = MeshAddress.Parse(message.From);
        var to = MeshAddress.Parse(message.To);
        if (message.PayloadKind == PayloadKind.Json && !FitsInside(message.Payload.Span))
        {
            return message; // nested so deep, or no JSON at all: whoever sends it decides
        }

        Envelope? said = message.Type switch
        {
            MessageType.Call when to.Node.Length > 0 => Say(RelaySpelling.ServerCall, message, from, to, json => WriteCall(json, message, to)),
            MessageType.Result when to.Node.Length == 0 => Say(RelaySpelling.ServerResponse, message, from, to, json => WriteResponse(json, message, from)),
            _ => null,
        };
        return said is null ? message
            : to.Agent == neighbour ? said
            : Wrap(said, neighbour); // Relay's nodes pass on what they find in a route_message
    }

    private static Envelope Say(string type, Envelope message, MeshAddress from, MeshAddress to, Action<Utf8JsonWriter> data) => new()
    {
        Type = MessageType.Other,
        TypeName = type,
        Id = message.Id ?? message.ReplyTo,
        From = from.Agent ?? message.Route?[0],
        To = to.Agent,
        Timestamp = message.Timestamp,
        Ttl = message.Ttl,
        Route = message.Route,
        PayloadKind = PayloadKind.Json,
        Payload = Json(data),
    };

    private static void WriteCall(Utf8JsonWriter json, Envelope message, MeshAddress to)
    {
        json.WriteStartObject("call");
        json.WriteString("server_name", to.Node);
        json.WriteString("method", message.Method ?? "");
        json.WritePropertyName("args");
        if (message.PayloadKind == PayloadKind.Json && IsArray(message.Payload.Span))
        {
            json.WriteRawValue(message.Payload.Span);
        }
        else
        {
            json.WriteStartArray();
            if (message.PayloadKind != PayloadKind.None)
            {
                WritePayload(json, message);
            }

            json.WriteEndArray();
        }

        json.WriteNumber("timeout", (message.DeadlineMs ?? OutgoingAsks.DefaultDeadlineMs) / 1000.0);
        json.WriteEndObject();
        json.WriteString("response_id", $"{message.Id}{RelaySpelling.AskerMark}{message.From}");
    }

    private static void WriteResponse(Utf8JsonWriter json, Envelope message, MeshAddress from)
    {
        json.WriteString("response_id", message.ReplyTo);
        if (from.Agent is not null)
        {
            json.WriteString("node_id", from.Agent);
        }

        json.WriteBoolean("success", message.Error is null);
        if (message.Error is { } error)
        {
            json.WriteString("error", error.ToString());
            return;
        }

        json.WritePropertyName("result");
        WritePayload(json, message);
    }

    private static void WritePayload(Utf8JsonWriter json, Envelope message)
    {
        switch (message.PayloadKind)
        {
            case PayloadKind.Json:
                json.WriteRawValue(message.Payload.Span);
                break;
            case PayloadKind.Bytes:
                json.WriteBase64StringValue(message.Payload.Span);
                break;
            case PayloadKind.None:
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static Envelope Wrap(Envelope said, string neighbour)
    {
        var inner = new ArrayBufferWriter<byte>();
        JsonCodec.Encode(said, inner);
        return new Envelope
        {
            Type = MessageType.Other,
            TypeName = RelaySpelling.RouteMessage,
            Id = said.Id,
            From = said.Route?[^1],
            To = neighbour,
            Ttl = said.Ttl,
            Route = said.Route,
            PayloadKind = PayloadKind.Json,
            Payload = Json(json =>
            {
                json.WritePropertyName("original_message");
                json.WriteRawValue(inner.WrittenSpan);
            }),
        };
    }

    /// <summary>Whether JSON can lie some levels deeper than it did.</summary>
    private static bool FitsInside(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostDepth });
            while (reader.Read())
            {
                // Reading to the end is the check.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsArray(ReadOnlySpan<byte> json) => json.TrimStart(" \t\r\n"u8) is [(byte)'[', ..];

    private static ReadOnlyMemory<byte> Json(Action<Utf8JsonWriter> members)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return bytes.WrittenMemory;
    }
}
