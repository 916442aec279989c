using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>What a caller is told when a handler throws.</summary>
internal static class HandlerErrors
{
    public static ErrorInfo ToError(Exception e, string method, bool wasCancelled) => e switch
    {
        LocalCastException known => known.Error,
        OperationCanceledException when wasCancelled => new(LocalCastError.Cancelled, $"'{method}' was cancelled"),
        _ => new(LocalCastError.HandlerFailed, $"'{method}' threw {e.GetType().Name}: {e.Message}")
        {
            DataJson = $$"""{"exception":"{{JsonEncodedText.Encode(e.GetType().FullName ?? "")}}"}""",
        },
    };
}
