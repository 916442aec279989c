using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Envelopes with other fields for the way; the payload is the same memory.</summary>
internal static class EnvelopeCopy
{
    /// <summary>As it leaves the agent that it begins at.</summary>
    public static Envelope Begin(Envelope message, byte ttl, IReadOnlyList<string> route) => Copy(message, message.To, message.From, message.Id, message.DeadlineMs, ttl, route, message.Headers);

    /// <summary>All at once for a request: a copy for each field that changes would be most of its cost.</summary>
    public static Envelope Outgoing(Envelope message, string from, string to, string id, uint deadlineMs, MeshView view) =>
        Copy(message, to, from, id, deadlineMs, view.Options.Ttl, view.RouteFromHere, message.Headers);

    public static Envelope Forward(Envelope message, byte ttl, string agent) =>
        Copy(message, message.To, message.From, message.Id, message.DeadlineMs, ttl, [.. message.Route ?? [], agent], message.Headers);

    public static Envelope Addressed(Envelope message, string? to, string? id = null, uint? deadlineMs = null) =>
        Copy(message, to, message.From, id ?? message.Id, deadlineMs ?? message.DeadlineMs, message.Ttl, message.Route, message.Headers);

    public static Envelope From(Envelope message, string from) => Copy(message, message.To, from, message.Id, message.DeadlineMs, message.Ttl, message.Route, message.Headers);

    public static Envelope WithHeader(Envelope message, string key, string value)
    {
        var headers = new Dictionary<string, string>(message.Headers ?? new Dictionary<string, string>(), StringComparer.Ordinal) { [key] = value };
        return Copy(message, message.To, message.From, message.Id, message.DeadlineMs, message.Ttl, message.Route, headers);
    }

    public static Envelope WithoutHeader(Envelope message, string key)
    {
        var headers = new Dictionary<string, string>(message.Headers ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        headers.Remove(key);
        return Copy(message, message.To, message.From, message.Id, message.DeadlineMs, message.Ttl, message.Route, headers.Count == 0 ? null : headers);
    }

    public static Envelope WithPayload(Envelope message, PayloadKind kind, ReadOnlyMemory<byte> payload) =>
        Copy(message, message.To, message.From, message.Id, message.DeadlineMs, message.Ttl, message.Route, message.Headers, (kind, payload));

    /// <summary>An answer that says what went wrong instead of what was asked for.</summary>
    public static Envelope Failed(Envelope answer, ErrorInfo error) => new()
    {
        Type = answer.Type,
        From = answer.From,
        To = answer.To,
        ReplyTo = answer.ReplyTo,
        Ttl = answer.Ttl,
        Route = answer.Route,
        Error = error,
    };

    private static Envelope Copy(
        Envelope message, string? to, string? from, string? id, uint? deadlineMs, byte? ttl, IReadOnlyList<string>? route, IReadOnlyDictionary<string, string>? headers,
        (PayloadKind Kind, ReadOnlyMemory<byte> Bytes)? payload = null) => new()
        {
            Type = message.Type,
            TypeName = message.TypeName,
            Id = id,
            ReplyTo = message.ReplyTo,
            From = from,
            To = to,
            Topic = message.Topic,
            Group = message.Group,
            Method = message.Method,
            Mode = message.Mode,
            Ttl = ttl,
            DeadlineMs = deadlineMs,
            Timestamp = message.Timestamp,
            Headers = headers,
            Route = route,
            Error = message.Error,
            PayloadKind = payload?.Kind ?? message.PayloadKind,
            Payload = payload?.Bytes ?? message.Payload,
        };
}
