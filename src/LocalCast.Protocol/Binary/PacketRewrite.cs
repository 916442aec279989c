using System.Buffers.Binary;

namespace LocalCast.Protocol;

/// <summary>What a hop writes anew in a packet that it passes on; everything else of the packet stays as it is. Hot path.</summary>
public readonly ref struct PacketRewrite
{
    /// <summary>Bytes of the length and the header.</summary>
    public const int HeadSize = FrameReader.PrefixSize + PacketHeader.Size;

    /// <summary>The flags, changed where <see cref="Addressing"/> differs from what the packet had.</summary>
    public required PacketFlags Flags { get; init; }

    /// <summary>The id, or the quoted id.</summary>
    public required uint Sequence { get; init; }

    /// <summary>To whom.</summary>
    public required Channel To { get; init; }

    /// <summary>From whom.</summary>
    public required Channel From { get; init; }

    /// <summary>The mode, when it changes.</summary>
    public PublishMode Mode { get; init; }

    /// <summary>The optional fields that are new; they come first.</summary>
    public ReadOnlySpan<byte> Addressing { get; init; }

    /// <summary>The optional fields that stay.</summary>
    public ReadOnlySpan<byte> Rest { get; init; }

    /// <summary>Writes the length and the header of the packet as it is passed on.</summary>
    /// <exception cref="InvalidDataException">The optional fields no longer fit.</exception>
    public void WriteHead(in Packet packet, Span<byte> destination)
    {
        int optionsSize = Addressing.Length + Rest.Length;
        if (optionsSize > ushort.MaxValue)
        {
            throw new InvalidDataException($"the fields of a message have at most {ushort.MaxValue} bytes, with those of the broadcaster these have {optionsSize}");
        }

        BinaryPrimitives.WriteInt32BigEndian(destination, PacketHeader.Size + optionsSize + packet.Payload.Length);
        Span<byte> header = destination.Slice(FrameReader.PrefixSize, PacketHeader.Size);
        packet.RawHeader.CopyTo(header);
        BinaryPrimitives.WriteUInt16BigEndian(header[PacketHeader.FlagsOffset..], (ushort)Flags);
        if (Mode != PublishMode.None)
        {
            header[PacketHeader.ModeOffset] = (byte)Mode;
        }

        BinaryPrimitives.WriteUInt16BigEndian(header[PacketHeader.OptionsSizeOffset..], (ushort)optionsSize);
        BinaryPrimitives.WriteUInt32BigEndian(header[PacketHeader.SequenceOffset..], Sequence);
        To.Write(header[PacketHeader.ToOffset..]);
        From.Write(header[PacketHeader.FromOffset..]);
    }
}
