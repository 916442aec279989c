using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace LocalCast.Protocol.Tests;

/// <summary>Envelopes as they come out of a decoder: any field there or absent, text of every kind, ids on both sides of 32 bits.</summary>
internal static class EnvelopeGen
{
    private static readonly Gen<string> _text =
        Gen.Elements("a", "Z", "7", " ", "@", ".", "é", "温", "🚀", "\u0001", "\"", "\\", "/", "\u2028", "\uFFFD", "\0").NonEmptyListOf().Select(string.Concat);

    private static readonly Gen<string> _id = Gen.OneOf(
        Gen.Elements("1", "65537", "4294967295", "4294967296", "0", "007", "-1", "+1", "1 ", "99999999999"), _text);

    private static readonly Gen<string> _address = Gen.OneOf(
        Gen.Elements(new string('0', 32), "B06531B17F9586226D526FFF54527C8C", "dns@agent-b"),
        _text.Select(name => Channel.OfName(name).ToString()),
        _text);

    private static readonly Gen<string> _json = Gen.Elements(
        "null", "false", "0", "-1.5e+300", "\"\"", "\"\\ud83d\\ude80 \\\" 温\"", "[]", " {\"a\" : [1, {}]} ", new string('[', 62) + new string(']', 62));

    private static readonly Gen<(PayloadKind Kind, byte[] Bytes)> _payload = Gen.OneOf(
        Gen.Constant((PayloadKind.None, Array.Empty<byte>())),
        _json.Select(json => (PayloadKind.Json, Encoding.UTF8.GetBytes(json.Trim()))),
        Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf().Select(bytes => (PayloadKind.Bytes, bytes)));

    private static readonly Gen<ErrorInfo> _error =
        from code in Gen.Elements(ErrorCatalog.All.ToArray())
        from message in _text
        from retryMs in Gen.Elements<long?>(null, 0, 250, uint.MaxValue - 1)
        from data in Maybe(_json)
        select new ErrorInfo(code, message)
        {
            RetryAfter = retryMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
            DataJson = data?.Trim(),
        };

    private static readonly Gen<(MessageType Type, string? Name)> _type = Gen.OneOf(
        Gen.Choose((int)MessageType.Hello, (int)MessageTypes.Last).Select(n => ((MessageType)n, (string?)null)),
        _text.Select(name => (MessageType.Other, (string?)name)));

    private static readonly Gen<IReadOnlyDictionary<string, string>> _headers =
        _text.NonEmptyListOf().Select(keys => (IReadOnlyDictionary<string, string>)keys.Distinct().Take(64).ToDictionary(k => k, k => k == "a" ? "" : k));

    private static readonly Gen<IReadOnlyList<string>> _route =
        _text.NonEmptyListOf().Select(agents => (IReadOnlyList<string>)[.. agents.Take(32)]);

    private static readonly Gen<DateTimeOffset?> _timestamp = Gen.OneOf(
        Gen.Constant((DateTimeOffset?)null),
        Gen.Elements(-62135596800000, -1, 0, 1767323045678, 253402300799999).Select(ms => (DateTimeOffset?)DateTimeOffset.FromUnixTimeMilliseconds(ms)));

    public static Arbitrary<Envelope> Envelopes { get; } = (
        from type in _type
        from id in Maybe(_id)
        from replyTo in Maybe(_id)
        from fromWhom in Maybe(_address)
        from to in Maybe(_address)
        from topic in Maybe(_text)
        from @group in Maybe(_text)
        from method in Maybe(_text)
        from mode in Gen.Elements(PublishMode.One, PublishMode.All, PublishMode.Every)
        from ttl in Gen.Elements<byte?>(null, 1, 10, 255)
        from deadline in Gen.Elements<uint?>(null, 0, 30000, uint.MaxValue)
        from timestamp in _timestamp
        from headers in Maybe(_headers)
        from route in Maybe(_route)
        from error in Maybe(_error)
        from payload in _payload
        select new Envelope
        {
            Type = type.Type,
            TypeName = type.Name,
            Id = id,
            ReplyTo = replyTo,
            From = fromWhom,
            To = to,
            Topic = topic,
            Group = @group,
            Method = type.Type == MessageType.Call ? method : null,
            Mode = type.Type == MessageType.Publish ? mode : PublishMode.None,
            Ttl = ttl,
            DeadlineMs = deadline,
            Timestamp = timestamp,
            Headers = headers,
            Route = route,
            Error = error,
            PayloadKind = payload.Kind,
            Payload = payload.Bytes,
        }).ToArbitrary();

    private static Gen<T?> Maybe<T>(Gen<T> gen)
        where T : class => Gen.OneOf(Gen.Constant((T?)null), gen.Select(value => (T?)value));
}
