using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Broadcasting.Internal;

/// <summary>Reads <c>ready</c>.</summary>
internal static class ReadyMessage
{
    public static bool TryRead(Envelope message, out IReadOnlyList<string>? methods, [NotNullWhen(false)] out ErrorInfo? refusal)
    {
        methods = null;
        string? why;
        try
        {
            methods = message.PayloadKind == PayloadKind.Json ? JsonSerializer.Deserialize(message.Payload.Span, ControlJson.Default.ReadyData)?.Methods : null;
            why = Handshake.WhatIsWrong(methods) is { } wrong ? $"ready.data.methods: {wrong}" : null;
        }
        catch (JsonException)
        {
            why = "ready.data.methods must be an array of strings";
        }

        refusal = why is null ? null : new ErrorInfo(LocalCastError.BadRequest, why);
        return why is null;
    }
}
