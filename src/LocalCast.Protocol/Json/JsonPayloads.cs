using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace LocalCast.Protocol;

/// <summary>Checks JSON that somebody else wrote before it goes into an envelope unchanged. What a receiver would refuse is refused here: it would cost the receiver its session.</summary>
internal static class JsonPayloads
{
    /// <summary>A payload lies at most two levels deep in its envelope.</summary>
    public const int MaxDepth = ProtocolLimits.DefaultJsonDepth - 2;

    /// <summary>Checks all of an envelope that is written raw; before the first byte of it is written.</summary>
    public static void Check(Envelope envelope)
    {
        if (envelope.PayloadKind == PayloadKind.Json)
        {
            Check(envelope.Payload.Span, "payload");
        }

        if (envelope.Error?.DataJson is { Length: > 0 } data)
        {
            Check(Encoding.UTF8.GetBytes(data), "error's data");
        }
    }

    private static void Check(ReadOnlySpan<byte> json, string what)
    {
        if (!Utf8.IsValid(json))
        {
            throw new InvalidDataException($"the {what} is not UTF-8");
        }

        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
            while (reader.Read())
            {
                // Reading to the end is the check.
            }
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the {what} is not JSON, or nests deeper than {MaxDepth}", e);
        }
    }
}
