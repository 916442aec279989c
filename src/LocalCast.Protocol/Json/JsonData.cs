using System.Text.Json;

namespace LocalCast.Protocol;

/// <summary>What <c>data</c> says. In a call, a result and a publication it wraps the payload; elsewhere it is the payload.</summary>
internal struct JsonData
{
    private bool _failed;

    public string? Method { get; private set; }

    public PublishMode Mode { get; private set; }

    public PayloadKind Kind { get; private set; }

    public ReadOnlyMemory<byte> Payload { get; private set; }

    public ErrorInfo? Error { get; private set; }

    public void Read(MessageType type, ReadOnlySpan<byte> data, ProtocolLimits limits)
    {
        switch (type)
        {
            case MessageType.Call:
                ReadMembers(data, limits, "args");
                break;
            case MessageType.Result:
                ReadMembers(data, limits, "result");
                if (_failed && Error is null)
                {
                    // Without an error it would pass for a success whose result is null.
                    Error = new ErrorInfo(LocalCastError.HandlerFailed, "the node reported a failure and did not say which");
                }

                break;
            case MessageType.Publish:
                ReadMembers(data, limits, "payload");
                Mode = Mode == PublishMode.None ? PublishMode.All : Mode;
                break;
            default:
                if (!data.IsEmpty)
                {
                    SetPayload(PayloadKind.Json, data.ToArray());
                }

                break;
        }
    }

    public void SetBytes(ReadOnlySpan<byte> value)
    {
        var reader = new Utf8JsonReader(value);
        reader.Read();
        if (reader.TokenType != JsonTokenType.Null)
        {
            JsonFields.Expect(ref reader, JsonTokenType.String, "bytes", "a base64 string");
            SetPayload(PayloadKind.Bytes, reader.TryGetBytesFromBase64(out byte[]? bytes) ? bytes : throw new InvalidDataException("the field 'bytes' must be base64"));
        }
    }

    private void SetPayload(PayloadKind kind, ReadOnlyMemory<byte> payload)
    {
        if (Kind != PayloadKind.None)
        {
            throw new InvalidDataException("a message has one payload: either JSON or 'bytes'");
        }

        (Kind, Payload) = (kind, payload);
    }

    private void ReadMembers(ReadOnlySpan<byte> data, ProtocolLimits limits, string payloadName)
    {
        if (data.IsEmpty)
        {
            return;
        }

        var reader = new Utf8JsonReader(data, new JsonReaderOptions { MaxDepth = limits.MaxJsonDepth });
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        JsonFields.Expect(ref reader, JsonTokenType.StartObject, "data", "an object");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if ((name is "method" or "mode" or "bytes" or "error" or "success" || name == payloadName) && !seen.Add(name))
            {
                throw new InvalidDataException($"the field 'data.{name}' appears twice");
            }

            int start = (int)reader.TokenStartIndex;
            switch (name)
            {
                case "method" when reader.TokenType != JsonTokenType.Null:
                    Method = JsonFields.Text(ref reader, "data.method") is { Length: > 0 } method ? method : null;
                    break;
                case "mode" when reader.TokenType != JsonTokenType.Null:
                    Mode = ReadMode(ref reader);
                    break;
                case "success" when payloadName == "result":
                    _failed = reader.TokenType switch
                    {
                        JsonTokenType.True => false,
                        JsonTokenType.False => true,
                        _ => throw new InvalidDataException("the field 'data.success' must be true or false"),
                    };
                    break;
                case "error" when reader.TokenType != JsonTokenType.Null:
                    Error = reader.TokenType == JsonTokenType.String
                        ? new ErrorInfo(LocalCastError.HandlerFailed, reader.GetString()!)
                        : JsonErrors.Read(ref reader, "data.error");
                    break;
                default:
                    reader.Skip();
                    if (name == "bytes")
                    {
                        SetBytes(data[start..(int)reader.BytesConsumed]);
                    }
                    else if (name == payloadName)
                    {
                        SetPayload(PayloadKind.Json, data[start..(int)reader.BytesConsumed].ToArray());
                    }

                    break;
            }
        }
    }

    private static PublishMode ReadMode(ref Utf8JsonReader reader) => JsonFields.Text(ref reader, "data.mode") switch
    {
        "one" => PublishMode.One,
        "all" => PublishMode.All,
        "every" => PublishMode.Every,
        var other => throw new InvalidDataException($"the field 'data.mode' must be one, all or every, not '{other}'"),
    };
}
