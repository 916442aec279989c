using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Envelopes with other fields for the way; the payload is the same memory. Several fields change in one copy: on the way it is most of a message's cost.</summary>
internal static class EnvelopeCopy
{
    /// <summary>As it leaves the agent that it begins at.</summary>
    public static Envelope Begin(Envelope message, MeshView view) => message with { Ttl = view.Options.Ttl, Route = view.RouteFromHere };

    public static Envelope Forward(Envelope message, byte ttl, string agent) => message with { Ttl = ttl, Route = [.. message.Route ?? [], agent] };

    /// <summary>As a participant gets it: by which way it came is the agents' business.</summary>
    public static Envelope Arrived(Envelope message, string? to) => message with { To = to, Ttl = null, Route = null };

    public static Envelope WithHeader(Envelope message, string key, string value) =>
        message with { Headers = new Dictionary<string, string>(message.Headers ?? new Dictionary<string, string>(), StringComparer.Ordinal) { [key] = value } };

    public static Envelope WithoutHeader(Envelope message, string key)
    {
        var headers = new Dictionary<string, string>(message.Headers ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        headers.Remove(key);
        return message with { Headers = headers.Count == 0 ? null : headers };
    }

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
}
