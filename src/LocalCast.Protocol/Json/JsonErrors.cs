using System.Text.Json;

namespace LocalCast.Protocol;

/// <summary>The <c>error</c> object: <c>{"code":4,"name":"NodeNotFound","message":…,"retry_after_ms":…,"data":…}</c>.</summary>
internal static class JsonErrors
{
    public static ErrorInfo Read(ref Utf8JsonReader reader, string field)
    {
        JsonFields.Expect(ref reader, JsonTokenType.StartObject, field, "an object");
        LocalCastError? byName = null;
        LocalCastError? byNumber = null;
        string message = "";
        TimeSpan? retryAfter = null;
        string? data = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name is ("code" or "name" or "message" or "retry_after_ms" or "data") && !seen.Add(name))
            {
                throw new InvalidDataException($"the field '{field}.{name}' appears twice");
            }

            switch (name)
            {
                case "code":
                    byNumber = ErrorCatalog.TryFind((int)JsonFields.Integer(ref reader, "error.code", int.MinValue, int.MaxValue), out LocalCastError number) ? number : null;
                    break;
                case "name":
                    byName = ErrorCatalog.TryFind(JsonFields.Text(ref reader, "error.name"), out LocalCastError named) ? named : null;
                    break;
                case "message":
                    message = JsonFields.Text(ref reader, "error.message");
                    break;
                case "retry_after_ms":
                    retryAfter = TimeSpan.FromMilliseconds(JsonFields.Integer(ref reader, "error.retry_after_ms", 0, ErrorInfo.MaxRetryAfterMs));
                    break;
                case "data":
                    using (JsonDocument document = JsonDocument.ParseValue(ref reader))
                    {
                        data = document.RootElement.GetRawText();
                    }

                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        // The name decides; an error that we do not know is somebody's defect to us.
        return new ErrorInfo(byName ?? byNumber ?? LocalCastError.Internal, message) { RetryAfter = retryAfter, DataJson = data };
    }

    public static void Write(ErrorInfo error, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("code", (int)error.Code);
        json.WriteString("name", ErrorCatalog.NameOf(error.Code));
        json.WriteString("message", error.Message);
        if (error.RetryAfter is { } after)
        {
            json.WriteNumber("retry_after_ms", ErrorInfo.ToWireMs(after));
        }

        if (error.DataJson is { Length: > 0 } data)
        {
            json.WritePropertyName("data");
            json.WriteRawValue(data, skipInputValidation: true);
        }

        json.WriteEndObject();
    }
}
