using FsCheck;
using FsCheck.Fluent;

namespace LocalCast.Protocol.Tests;

public sealed class RoundTripTests
{
    private static readonly Config _config = PropertyConfig.Tests(3000);

    [Fact]
    public void Json_EncodedAndDecoded_IsTheSameEnvelope() =>
        Prop.ForAll(EnvelopeGen.Envelopes, e => AssertSame(WithNullResult(e), FromJson(e))).Check(_config);

    [Fact]
    public void Binary_EncodedAndDecoded_IsTheSameEnvelope() =>
        Prop.ForAll(EnvelopeGen.Envelopes, e => AssertSame(e, FromBinary(e))).Check(_config);

    [Fact]
    public void JsonToBinaryToJson_IsTheSameText() =>
        Prop.ForAll(EnvelopeGen.Envelopes, e => Assert.Equal(Codec.ToJson(e), Codec.ToJson(FromBinary(FromJson(e))))).Check(_config);

    [Fact]
    public void Binary_EncodedTwice_IsTheSameBytes() =>
        Prop.ForAll(EnvelopeGen.Envelopes, e => Assert.Equal(Codec.ToHex(e), Codec.ToHex(FromBinary(e)))).Check(_config);

    private static void AssertSame(Envelope expected, Envelope actual) => Assert.Equal(EnvelopeText.Of(expected), EnvelopeText.Of(actual));

    private static Envelope FromJson(Envelope e) => JsonCodec.Decode(Codec.JsonBytes(e), Codec.Limits);

    private static Envelope FromBinary(Envelope e) => BinaryCodec.Decode(Codec.BinaryBytes(e));

    /// <summary>JSON has no success without a result: nothing is written as null.</summary>
    private static Envelope WithNullResult(Envelope e) => e is not { Type: MessageType.Result, Error: null, PayloadKind: PayloadKind.None } ? e : new Envelope
    {
        Type = e.Type,
        Id = e.Id,
        ReplyTo = e.ReplyTo,
        From = e.From,
        To = e.To,
        Topic = e.Topic,
        Group = e.Group,
        Ttl = e.Ttl,
        DeadlineMs = e.DeadlineMs,
        Timestamp = e.Timestamp,
        Headers = e.Headers,
        Route = e.Route,
        PayloadKind = PayloadKind.Json,
        Payload = "null"u8.ToArray(),
    };
}
