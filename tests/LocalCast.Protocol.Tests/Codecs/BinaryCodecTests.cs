using System.Buffers;

namespace LocalCast.Protocol.Tests;

public sealed class BinaryCodecTests
{
    [Fact]
    public void Encode_FieldAbove64KiB_IsTooLargeAndWritesNothing() => AssertTooLarge(new Envelope { Type = MessageType.Call, Method = new string('m', 65536) });

    [Fact]
    public void Encode_FieldsTogetherAbove64KiB_IsTooLargeAndWritesNothing() =>
        AssertTooLarge(new Envelope { Type = MessageType.Call, Id = new string('a', 40000), Method = new string('m', 40000) });

    [Fact]
    public void Encode_FieldsOfExactly64KiB_RoundTrips()
    {
        string method = new('m', ushort.MaxValue - sizeof(ushort));

        Assert.Equal(method, BinaryCodec.Decode(Codec.BinaryBytes(new Envelope { Type = MessageType.Call, Method = method })).Method);
    }

    [Fact]
    public void Decode_PublicationWithoutMode_IsForAll() =>
        Assert.Equal(PublishMode.All, BinaryCodec.Decode(Codec.BinaryBytes(new Envelope { Type = MessageType.Publish })).Mode);

    [Fact]
    public void TryRead_Packet_GivesViewsOfItsBytes()
    {
        byte[] body = Codec.BinaryBytes(new Envelope
        {
            Type = MessageType.Call,
            Id = "7",
            From = "cli",
            To = "dns",
            PayloadKind = PayloadKind.Json,
            Payload = "[1]"u8.ToArray(),
        });

        Assert.True(Packet.TryRead(body, out Packet packet, out _));
        Assert.Equal(7u, packet.Header.Sequence);
        Assert.Equal(Channel.OfName("dns"), packet.Header.To);
        Assert.Equal("cli"u8, packet.FromName);
        Assert.Equal("[1]"u8, packet.Payload);
        Assert.True(packet.Payload.Overlaps(body));
    }

    [Theory]
    [InlineData(7u)]
    [InlineData(null)]
    public void DeadlineAt_IsWhereTheTimeStands(uint? deadline)
    {
        var writer = new ArrayBufferWriter<byte>();
        BinaryCodec.Encode(new Envelope { Type = MessageType.Call, Id = "text", To = "dns", Method = "m", DeadlineMs = deadline }, writer);
        byte[] body = writer.WrittenSpan.ToArray();
        Assert.True(Packet.TryRead(body, out Packet packet, out _));
        int at = packet.DeadlineAt;
        Assert.Equal(deadline is null, at < 0);

        if (at >= 0)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(at), 300);
            Assert.Equal(300u, BinaryCodec.Decode(body).DeadlineMs);
        }
    }

    [Fact]
    public void Header_WrittenAndRead_IsTheSame()
    {
        var header = new PacketHeader
        {
            Type = MessageType.Publish,
            Flags = PacketFlags.Topic | PacketFlags.Bytes,
            Ttl = 9,
            Mode = PublishMode.Every,
            OptionsSize = 0x0102,
            Sequence = 0x03040506,
            To = Channel.OfName("dns"),
            From = Channel.OfName("dht"),
        };
        byte[] bytes = new byte[PacketHeader.Size];

        header.Write(bytes);

        Assert.Equal(header, PacketHeader.Read(bytes));
        Assert.Equal("010e201009030102" + "03040506", Convert.ToHexStringLower(bytes, 0, 12));
    }

    private static void AssertTooLarge(Envelope envelope)
    {
        var writer = new ArrayBufferWriter<byte>();

        LocalCastException e = Assert.Throws<LocalCastException>(() => BinaryCodec.Encode(envelope, writer));

        Assert.Equal(LocalCastError.TooLarge, e.Code);
        Assert.Equal(0, writer.WrittenCount);
    }
}
