using System.Globalization;
using System.Text.Json;

namespace LocalCast.Protocol;

/// <summary>Reads the fields of a JSON envelope in one pass; unknown ones are skipped, known ones may come once, and null is the same as absent.</summary>
internal sealed class JsonEnvelopeReader(ProtocolLimits limits)
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private string? _type;
    private string? _id;
    private string? _from;
    private string? _to;
    private string? _replyTo;
    private string? _topic;
    private string? _group;
    private byte? _ttl;
    private uint? _deadlineMs;
    private DateTimeOffset? _timestamp;
    private Dictionary<string, string>? _headers;
    private List<string>? _route;
    private ErrorInfo? _error;
    private JsonData _data;

    public Envelope Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = limits.MaxJsonDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new InvalidDataException("the JSON is not an object");
        }

        ReadOnlySpan<byte> data = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name is "data" or "bytes")
            {
                Once(name);
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                ReadOnlySpan<byte> value = body[start..(int)reader.BytesConsumed];
                if (name == "data")
                {
                    data = value;
                }
                else
                {
                    _data.SetBytes(value);
                }
            }
            else
            {
                ReadField(ref reader, name);
            }
        }

        if (reader.Read())
        {
            throw new InvalidDataException("something follows the JSON object");
        }

        if (string.IsNullOrEmpty(_type))
        {
            throw new InvalidDataException("the field 'type' is missing");
        }

        MessageType type = MessageTypes.Find(_type);
        _data.Read(type, data, limits);
        return new Envelope
        {
            Type = type,
            TypeName = type == MessageType.Other ? _type : null,
            Id = _id,
            From = _from,
            To = _to,
            ReplyTo = _replyTo,
            Topic = _topic,
            Group = _group,
            Ttl = _ttl,
            DeadlineMs = _deadlineMs,
            Timestamp = _timestamp,
            Headers = _headers,
            Route = _route,
            Error = _error ?? _data.Error,
            Method = _data.Method,
            Mode = _data.Mode,
            PayloadKind = _data.Kind,
            Payload = _data.Payload,
        };
    }

    private void ReadField(ref Utf8JsonReader reader, string name)
    {
        switch (name)
        {
            case "type":
                _type = Text(ref reader, name);
                break;
            case "id":
                _id = Text(ref reader, name);
                break;
            case "from":
                _from = Text(ref reader, name);
                break;
            case "to":
                _to = Text(ref reader, name);
                break;
            case "reply_to":
                _replyTo = Text(ref reader, name);
                break;
            case "topic":
                _topic = Text(ref reader, name);
                break;
            case "group":
                _group = Text(ref reader, name);
                break;
            case "ttl":
                _ttl = (byte?)Integer(ref reader, name, 1, byte.MaxValue);
                break;
            case "deadline_ms":
                _deadlineMs = (uint?)Integer(ref reader, name, 0, uint.MaxValue);
                break;
            case "timestamp":
                _timestamp = Timestamp(ref reader, name);
                break;
            case "headers":
                _headers = Headers(ref reader, name);
                break;
            case "route":
                _route = Route(ref reader, name);
                break;
            case "error":
                _error = IsGiven(ref reader, name) ? JsonErrors.Read(ref reader, name) : null;
                break;
            default:
                reader.Skip();
                break;
        }
    }

    private static bool HasZone(string isoDate) => isoDate.EndsWith('Z') || isoDate.AsSpan()["yyyy-MM-dd".Length..].IndexOfAny('+', '-') >= 0;

    private void Once(string name)
    {
        if (!_seen.Add(name))
        {
            throw new InvalidDataException($"the field '{name}' appears twice");
        }
    }

    private bool IsGiven(ref Utf8JsonReader reader, string name)
    {
        Once(name);
        return reader.TokenType != JsonTokenType.Null;
    }

    private string? Text(ref Utf8JsonReader reader, string name)
    {
        if (!IsGiven(ref reader, name))
        {
            return null;
        }

        string text = JsonFields.Text(ref reader, name);
        return text.Length > 0 ? text : throw new InvalidDataException($"the field '{name}' must not be empty");
    }

    private long? Integer(ref Utf8JsonReader reader, string name, long least, long most) =>
        IsGiven(ref reader, name) ? JsonFields.Integer(ref reader, name, least, most) : null;

    private DateTimeOffset? Timestamp(ref Utf8JsonReader reader, string name)
    {
        if (!IsGiven(ref reader, name))
        {
            return null;
        }

        // The reader knows ISO 8601 and nothing else, but takes a time without a zone for local; ours are UTC.
        string text = JsonFields.Text(ref reader, name);
        bool isDate = reader.TryGetDateTimeOffset(out DateTimeOffset time);
        if (isDate && !HasZone(text))
        {
            isDate = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
        }

        return isDate
            ? DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds())
            : throw new InvalidDataException($"the field '{name}' must be an ISO 8601 date");
    }

    private Dictionary<string, string>? Headers(ref Utf8JsonReader reader, string name)
    {
        if (!IsGiven(ref reader, name))
        {
            return null;
        }

        JsonFields.Expect(ref reader, JsonTokenType.StartObject, name, "an object of strings");
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (!headers.TryAdd(key, JsonFields.Text(ref reader, $"headers.{key}")))
            {
                throw new InvalidDataException($"the header '{key}' appears twice");
            }
        }

        return headers.Count <= limits.MaxHeaders ? headers : throw new InvalidDataException($"a message has at most {limits.MaxHeaders} headers");
    }

    private List<string>? Route(ref Utf8JsonReader reader, string name)
    {
        if (!IsGiven(ref reader, name))
        {
            return null;
        }

        JsonFields.Expect(ref reader, JsonTokenType.StartArray, name, "an array of strings");
        var route = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            route.Add(JsonFields.Text(ref reader, name));
        }

        return route.Count <= limits.MaxRoute ? route : throw new InvalidDataException($"a route has at most {limits.MaxRoute} agents");
    }
}
