using System.Globalization;
using System.Text;

namespace LocalCast.Protocol.Tests;

/// <summary>An envelope as text, field by field, so that two can be compared and a difference read.</summary>
internal static class EnvelopeText
{
    public static string Of(Envelope e) => string.Join('\n',
        $"type {e.Type} {e.TypeName}",
        $"id {e.Id}, reply to {e.ReplyTo}",
        $"from {e.From}, to {e.To}",
        $"topic {e.Topic}, group {e.Group}, method {e.Method}, mode {e.Mode}",
        $"ttl {e.Ttl}, deadline {e.DeadlineMs}, timestamp {e.Timestamp?.ToString("O", CultureInfo.InvariantCulture)}",
        $"headers {(e.Headers is null ? null : string.Join(';', e.Headers.OrderBy(h => h.Key, StringComparer.Ordinal)))}",
        $"route {(e.Route is null ? null : string.Join(';', e.Route))}",
        $"error {e.Error} {e.Error?.RetryAfter} {e.Error?.DataJson}",
        $"payload {e.PayloadKind} {(e.PayloadKind == PayloadKind.Bytes ? Convert.ToHexString(e.Payload.Span) : Encoding.UTF8.GetString(e.Payload.Span))}");
}
