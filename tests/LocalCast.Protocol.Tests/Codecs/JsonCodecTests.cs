using System.Buffers;
using System.Text;

namespace LocalCast.Protocol.Tests;

public sealed class JsonCodecTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("1 2")]
    [InlineData("\"\\x\"")]
    public void Encode_PayloadThatIsNotJson_ThrowsAndWritesNothing(string payload) => AssertRefused(new Envelope
    {
        Type = MessageType.Call,
        PayloadKind = PayloadKind.Json,
        Payload = Encoding.UTF8.GetBytes(payload),
    });

    [Fact]
    public void Encode_PayloadThatIsNotUtf8_ThrowsAndWritesNothing() => AssertRefused(new Envelope
    {
        Type = MessageType.Result,
        PayloadKind = PayloadKind.Json,
        Payload = new byte[] { (byte)'"', 0xFF, (byte)'"' },
    });

    [Fact]
    public void Encode_PayloadTooDeepForTheReceiver_ThrowsAndWritesNothing() => AssertRefused(new Envelope
    {
        Type = MessageType.Publish,
        PayloadKind = PayloadKind.Json,
        Payload = Encoding.UTF8.GetBytes(new string('[', 63) + new string(']', 63)),
    });

    [Fact]
    public void Encode_ErrorDataThatIsNotJson_ThrowsAndWritesNothing() => AssertRefused(new Envelope
    {
        Type = MessageType.Result,
        Error = new ErrorInfo(LocalCastError.Busy, "m") { DataJson = "no" },
    });

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0.9, 0)]
    [InlineData(1e14, 4294967294)]
    public void Encode_RetryAfterOutOfRange_IsBroughtIntoRangeByBothCodecs(double milliseconds, double expected)
    {
        var envelope = new Envelope
        {
            Type = MessageType.Goodbye,
            Error = new ErrorInfo(LocalCastError.Busy, "") { RetryAfter = TimeSpan.FromMilliseconds(milliseconds) },
        };

        Assert.Equal(expected, Codec.FromJson(Codec.ToJson(envelope)).Error!.RetryAfter!.Value.TotalMilliseconds);
        Assert.Equal(expected, BinaryCodec.Decode(Codec.BinaryBytes(envelope)).Error!.RetryAfter!.Value.TotalMilliseconds);
    }

    [Fact]
    public void Encode_HalfSurrogatePair_IsReplaced() =>
        Assert.Equal("a\uFFFD", Codec.FromJson(Codec.ToJson(new Envelope { Type = MessageType.Call, Id = "a\uD800" })).Id);

    [Fact]
    public void Decode_FewerHeadersAndAgentsAllowed_KeepsToTheLimits()
    {
        var limits = new ProtocolLimits { MaxHeaders = 1, MaxRoute = 1, MaxJsonDepth = 2 };

        Assert.NotNull(JsonCodec.Decode("""{"type":"a","headers":{"a":""},"route":["a"]}"""u8, limits));
        Assert.Throws<InvalidDataException>(() => JsonCodec.Decode("""{"type":"a","headers":{"a":"","b":""}}"""u8, limits));
        Assert.Throws<InvalidDataException>(() => JsonCodec.Decode("""{"type":"a","route":["a","b"]}"""u8, limits));
        Assert.Throws<InvalidDataException>(() => JsonCodec.Decode("""{"type":"a","data":[[]]}"""u8, limits));
    }

    private static void AssertRefused(Envelope envelope)
    {
        var writer = new ArrayBufferWriter<byte>();

        Assert.Throws<InvalidDataException>(() => JsonCodec.Encode(envelope, writer));

        Assert.Equal(0, writer.WrittenCount);
    }
}
