using System.Buffers;
using System.Text;
using System.Text.Json;

namespace LocalCast.Protocol.Tests;

public sealed class MalformedTests
{
    private static readonly JsonElement[] _vectors = VectorFile.Read("malformed");

    public static TheoryData<string> Names => VectorFile.Names(_vectors);

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_Malformed_IsRefusedWithAReason(string name)
    {
        JsonElement vector = VectorFile.Find(_vectors, name);
        byte[] bytes = Bytes(vector);

        LocalCastError refusal = vector.Text("kind") switch
        {
            "frame" => ReadFrame(bytes),
            "json" => Refused(() => JsonCodec.Decode(bytes, new ProtocolLimits())),
            "binary" => Refused(() => BinaryCodec.Decode(bytes)),
            var other => throw new InvalidOperationException($"unknown kind {other}"),
        };

        Assert.Equal(vector.Text("error"), ErrorCatalog.NameOf(refusal));
    }

    private static LocalCastError ReadFrame(byte[] bytes)
    {
        var buffer = new ReadOnlySequence<byte>(bytes);
        FrameStatus status = FrameReader.TryRead(ref buffer, new ProtocolLimits().MaxFrameBytes, out ReadOnlySequence<byte> body);
        Assert.False(status == FrameStatus.Complete && body.FirstSpan[0] is JsonCodec.FirstByte or PacketHeader.Version);
        return status switch
        {
            FrameStatus.TooLarge => LocalCastError.TooLarge,
            FrameStatus.Partial => LocalCastError.Disconnected,
            _ => LocalCastError.BadRequest,
        };
    }

    private static LocalCastError Refused(Func<Envelope> decode)
    {
        InvalidDataException e = Assert.Throws<InvalidDataException>(decode);
        Assert.NotEmpty(e.Message);
        return LocalCastError.BadRequest;
    }

    private static byte[] Bytes(JsonElement vector)
    {
        if (vector.TryGetProperty("hex", out JsonElement hex))
        {
            return Convert.FromHexString(hex.GetString()!);
        }

        JsonElement text = vector.GetProperty("text");
        return Encoding.UTF8.GetBytes(text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : Part(text, "before") + string.Concat(Enumerable.Repeat(text.Text("repeat"), text.GetProperty("count").GetInt32())) + Part(text, "after"));
    }

    private static string Part(JsonElement text, string name) => text.TryGetProperty(name, out JsonElement part) ? part.GetString()! : "";
}
