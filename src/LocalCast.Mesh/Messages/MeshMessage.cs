using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Makes and reads the messages that agents exchange about links, addresses and state.</summary>
internal static class MeshMessage
{
    private const int MostReasonLength = 512;

    public static Envelope Of<T>(MessageType type, T data, JsonTypeInfo<T> shape) => new()
    {
        Type = type,
        PayloadKind = PayloadKind.Json,
        Payload = JsonSerializer.SerializeToUtf8Bytes(data, shape),
    };

    public static Envelope Goodbye(ErrorInfo reason) => new() { Type = MessageType.Goodbye, Error = reason };

    /// <summary>Why the other side goes. It is remembered and logged, so no more of it is kept than a sentence.</summary>
    public static ErrorInfo ReasonOf(Envelope goodbye) => goodbye.Error is { } said
        ? new ErrorInfo(said.Code, said.Message.Length <= MostReasonLength ? said.Message : said.Message[..MostReasonLength] + "…") { RetryAfter = said.RetryAfter }
        : new ErrorInfo(LocalCastError.Disconnected, "the other agent said goodbye");

    public static bool TryRead<T>(Envelope message, JsonTypeInfo<T> shape, [NotNullWhen(true)] out T? data, [NotNullWhen(false)] out ErrorInfo? why)
        where T : class
    {
        data = null;
        try
        {
            data = message.PayloadKind == PayloadKind.Json ? JsonSerializer.Deserialize(message.Payload.Span, shape) : null;
            why = data is null ? new(LocalCastError.BadRequest, $"'{message.Spelling}' needs 'data'")
                : data is IMeshData { } mesh && mesh.WhatIsWrong() is { } wrong ? new(LocalCastError.BadRequest, $"{message.Spelling}.data: {wrong}")
                : null;
        }
        catch (JsonException e)
        {
            why = new(LocalCastError.BadRequest, $"{message.Spelling}.data is wrong at {e.Path ?? "$"}");
        }

        data = why is null ? data : null;
        return why is null;
    }

    /// <summary>About how many bytes the message takes; queues are bounded by it, so it need not be exact, and never encodes.</summary>
    public static int SizeOf(Envelope message)
    {
        int size = 64 + message.Payload.Length + LengthOf(message.From) + LengthOf(message.To) + LengthOf(message.Id) + LengthOf(message.ReplyTo)
            + LengthOf(message.Topic) + LengthOf(message.Method) + LengthOf(message.Error?.Message) + LengthOf(message.Error?.DataJson);
        foreach (string agent in message.Route ?? [])
        {
            size += LengthOf(agent);
        }

        foreach ((string key, string value) in message.Headers ?? EmptyHeaders)
        {
            size += LengthOf(key) + LengthOf(value);
        }

        return size;
    }

    private static readonly Dictionary<string, string> EmptyHeaders = [];

    private static int LengthOf(string? text) => text is null ? 0 : text.Length + sizeof(ushort);
}
