using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace LocalCast.Protocol;

/// <summary>Judges the first frame of a session. Passive; whether the name is free is the registry's business.</summary>
public static class Handshake
{
    /// <summary>How long a participant may take for its hello.</summary>
    /// <value>10 s</value>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private const int MostNames = 1024;
    private const int MostNameLength = 256;
    private const int MostInstanceLength = 128;
    private const int MostVersionLength = 128;

    /// <summary>Reads a hello and says what is wrong with it.</summary>
    public static bool TryAccept(Envelope first, [NotNullWhen(true)] out Hello? hello, [NotNullWhen(false)] out ErrorInfo? refusal)
    {
        ArgumentNullException.ThrowIfNull(first);
        hello = null;
        if (first.Type != MessageType.Hello)
        {
            refusal = new(LocalCastError.BadRequest, $"the first frame must be 'hello', not '{first.Spelling}'");
            return false;
        }

        try
        {
            hello = first.PayloadKind == PayloadKind.Json ? JsonSerializer.Deserialize(first.Payload.Span, ControlJson.Default.Hello) : null;
            refusal = hello is null ? new(LocalCastError.BadRequest, "hello needs 'data' with 'protocol' and 'name'") : Check(hello);
        }
        catch (JsonException e)
        {
            refusal = new(LocalCastError.BadRequest, $"hello.data is wrong at {e.Path ?? "$"}: it needs 'protocol' [oldest, newest] and 'name', and every field in its own type");
        }

        hello = refusal is null ? hello : null;
        return refusal is null;
    }

    /// <summary>Says what is wrong with a list of methods or of required nodes, which others get to see in descriptions.</summary>
    /// <returns><see langword="null"/> when nothing is.</returns>
    public static string? WhatIsWrong(IReadOnlyList<string>? names) =>
        names is null ? null
        : names.Count > MostNames ? $"at most {MostNames} names"
        : names.Any(name => name is null || name.Length is 0 or > MostNameLength) ? $"a name has 1 to {MostNameLength} characters"
        : null;

    private static ErrorInfo? Check(Hello hello)
    {
        if (hello.Protocol is not [var oldest, var newest] || oldest > newest)
        {
            return new(LocalCastError.BadRequest, "hello.data.protocol must be [oldest, newest]");
        }

        if (oldest > ProtocolVersion.Newest || newest < ProtocolVersion.Oldest)
        {
            return new(LocalCastError.VersionMismatch, $"the agent speaks protocol {ProtocolVersion.Oldest} to {ProtocolVersion.Newest}, the participant {oldest} to {newest}");
        }

        if (!NodeName.IsValid(hello.Name, out string? why))
        {
            return new(LocalCastError.BadRequest, why);
        }

        if (HasBlank(hello.Methods) || HasBlank(hello.Requires) || HasBlank(hello.Topics))
        {
            return new(LocalCastError.BadRequest, "hello.data.methods, requires and topics are lists of names, and one of these is empty");
        }

        if ((WhatIsWrong(hello.Methods) ?? WhatIsWrong(hello.Requires)) is { } tooMuch)
        {
            return new(LocalCastError.BadRequest, $"hello.data.methods and requires: {tooMuch}");
        }

        if (hello.Version?.Length > MostVersionLength)
        {
            return new(LocalCastError.BadRequest, $"hello.data.version has at most {MostVersionLength} characters");
        }

        if (hello.Instance is { } instance && (instance.Length is 0 or > MostInstanceLength || instance.Any(char.IsControl)))
        {
            return new(LocalCastError.BadRequest, $"hello.data.instance is a token of 1 to {MostInstanceLength} characters");
        }

        return hello.Role is null or "node" or "client" ? null : new(LocalCastError.BadRequest, $"hello.data.role must be node or client, not '{hello.Role}'");
    }

    /// <summary>Nullable annotations say nothing about what a deserialized list holds.</summary>
    private static bool HasBlank(IReadOnlyList<string>? names) => names?.Any(string.IsNullOrEmpty) ?? false;
}
