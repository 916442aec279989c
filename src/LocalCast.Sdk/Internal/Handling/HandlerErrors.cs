using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Internal;

/// <summary>What a caller is told when a handler throws.</summary>
internal static class HandlerErrors
{
    // An error travels in the options of a packet, which have 65535 bytes in all; a character takes at most three.
    private const int MostMessage = 8 * 1024;
    private const int MostData = 8 * 1024;

    /// <summary>Cuts an error to what fits into an answer: an answer that cannot be sent would be none.</summary>
    public static ErrorInfo Fit(ErrorInfo error) => error with
    {
        Message = error.Message.Length <= MostMessage ? error.Message : error.Message[..MostMessage] + " …",
        DataJson = error.DataJson?.Length > MostData ? null : error.DataJson,
    };

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
