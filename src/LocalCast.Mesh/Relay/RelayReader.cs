using System.Text;
using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Mesh;

/// <summary>Reads Relay's messages as ours. Never throws: what comes is anybody's.</summary>
/// <param name="neighbour">The agent that said it.</param>
internal sealed class RelayReader(string neighbour)
{
    private const int MostWraps = 16;
    private const int MostDepth = 128;

    /// <summary>What was said; <see langword="null"/> when it means nothing here, or is wrong.</summary>
    /// <param name="message">The message.</param>
    /// <param name="why">What is wrong with it.</param>
    public Envelope? Read(Envelope message, out string? why)
    {
        why = null;
        if (message.TypeName == RelaySpelling.RegistrySync)
        {
            return null; // Relay does not say what is in it, and its own nodes only log it
        }

        try
        {
            using JsonDocument data = JsonDocument.Parse(message.Payload.IsEmpty ? "null"u8.ToArray() : message.Payload, new JsonDocumentOptions { MaxDepth = MostDepth });
            var said = new Said(message.TypeName!, message.Id, message.From, message.To, message.Ttl, message.Route ?? []);
            return Unwrap(said, data.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            why = $"{message.TypeName}: {(e is InvalidDataException ? e.Message : "its data cannot be read")}";
            return null;
        }
    }

    private Envelope Unwrap(Said said, JsonElement data)
    {
        for (int wraps = 0; said.Type == RelaySpelling.RouteMessage; wraps++)
        {
            JsonElement inner = Member(data, "original_message", JsonValueKind.Object);
            if (wraps == MostWraps)
            {
                throw new InvalidDataException($"wrapped more than {MostWraps} times");
            }

            said = new Said(Text(inner, "type") ?? "", Text(inner, "id"), Text(inner, "from"), Text(inner, "to"), TtlOf(inner), RouteOf(inner));
            data = inner.TryGetProperty("data", out JsonElement innerData) ? innerData : default;
        }

        return said.Type switch
        {
            RelaySpelling.ServerCall => Call(said, data),
            RelaySpelling.ServerResponse => Response(said, data),
            var other => throw new InvalidDataException($"'{other}' is not routed"),
        };
    }

    private Envelope Call(Said said, JsonElement data)
    {
        JsonElement call = Member(data, "call", JsonValueKind.Object);
        bool hasArguments = call.TryGetProperty("args", out JsonElement arguments) && arguments.ValueKind != JsonValueKind.Null;
        return new Envelope
        {
            Type = MessageType.Call,
            Id = Text(data, "response_id") ?? said.Id ?? throw new InvalidDataException("'response_id' is missing"),
            From = Agent(said.From, "from"),
            To = $"{NodeIn(call)}{Agent(said.To, "to")}",
            Method = Text(call, "method"),
            DeadlineMs = call.TryGetProperty("timeout", out JsonElement timeout) && timeout.ValueKind == JsonValueKind.Number && timeout.TryGetDouble(out double seconds) && seconds > 0
                ? (uint)Math.Clamp(seconds * 1000, 1, uint.MaxValue)
                : null,
            Ttl = said.Ttl,
            Route = Way(said),
            PayloadKind = hasArguments ? PayloadKind.Json : PayloadKind.None,
            Payload = hasArguments ? Encoding.UTF8.GetBytes(arguments.GetRawText()) : default,
        };
    }

    private Envelope Response(Said said, JsonElement data)
    {
        string id = Text(data, "response_id") ?? throw new InvalidDataException("'response_id' is missing");
        int mark = id.LastIndexOf(RelaySpelling.AskerMark);
        bool isSuccess = data.TryGetProperty("success", out JsonElement success) && success.ValueKind == JsonValueKind.True;
        bool hasResult = data.TryGetProperty("result", out JsonElement result) && isSuccess;
        return new Envelope
        {
            Type = MessageType.Result,
            From = Agent(said.From, "from"),
            To = mark < 0 ? Agent(said.To, "to") : id[(mark + 1)..],
            ReplyTo = mark < 0 ? id : id[..mark],
            Error = isSuccess ? null : Failure(Text(data, "error")),
            Ttl = said.Ttl,
            Route = Way(said),
            PayloadKind = hasResult ? PayloadKind.Json : PayloadKind.None,
            Payload = hasResult ? Encoding.UTF8.GetBytes(result.GetRawText()) : default,
        };
    }

    /// <summary>Relay has texts and no codes; only the one that its document spells out says more than that it failed.</summary>
    private static ErrorInfo Failure(string? text) =>
        text is null ? new ErrorInfo(LocalCastError.HandlerFailed, "the node reported a failure and did not say which")
        : text.StartsWith("server ", StringComparison.Ordinal) && text.EndsWith(" not found", StringComparison.Ordinal) ? new ErrorInfo(LocalCastError.NodeNotFound, text)
        : new ErrorInfo(LocalCastError.HandlerFailed, text);

    /// <summary>Relay writes a route as it passes messages on; who sends one of its own may leave it out.</summary>
    private string[] Way(Said said)
    {
        IEnumerable<string> route = said.Route is [] ? [said.From ?? ""] : said.Route;
        return route.Last() == neighbour ? [.. route] : [.. route, neighbour];
    }

    /// <summary>Relay's messages come from agents and not from nodes of theirs.</summary>
    private static string Agent(string? id, string field) =>
        AgentId.WhatIsWrong(id) is null ? $"@{id}" : throw new InvalidDataException($"'{field}' is not the id of an agent");

    private static string NodeIn(JsonElement call) =>
        Text(call, "server_name") is { Length: > 0 } name && !name.Contains('@', StringComparison.Ordinal) ? name : throw new InvalidDataException("'server_name' is not the name of a node");

    private static JsonElement Member(JsonElement of, string name, JsonValueKind kind) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out JsonElement found) && found.ValueKind == kind ? found : throw new InvalidDataException($"'{name}' is missing");

    private static string? Text(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out JsonElement found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;

    private static byte? TtlOf(JsonElement of) =>
        of.TryGetProperty("ttl", out JsonElement ttl) && ttl.ValueKind == JsonValueKind.Number && ttl.TryGetInt32(out int links) ? (byte)Math.Clamp(links, 1, byte.MaxValue) : null;

    private static string[] RouteOf(JsonElement of) =>
        of.TryGetProperty("route", out JsonElement route) && route.ValueKind == JsonValueKind.Array
            ? [.. route.EnumerateArray().Select(agent => agent.ValueKind == JsonValueKind.String ? agent.GetString()! : throw new InvalidDataException("'route' has strings only"))]
            : [];

    /// <summary>The fields around the data.</summary>
    private sealed record Said(string Type, string? Id, string? From, string? To, byte? LinksLeft, IReadOnlyList<string> Route)
    {
        /// <summary>Relay leaves it out where it means its default.</summary>
        public byte Ttl => LinksLeft ?? 10;
    }
}
