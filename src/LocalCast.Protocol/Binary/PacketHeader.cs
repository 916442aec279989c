using System.Buffers.Binary;

namespace LocalCast.Protocol;

/// <summary>The fixed header of a binary packet, everything that routing needs.</summary>
/// <remarks>
/// <code>
///  0       1       2               4       5       6               8                               12
///  +-------+-------+---------------+-------+-------+---------------+-------------------------------+
///  | 0x01  | type  | flags         | ttl   | mode  | options size  | sequence                      |
///  +-------+-------+---------------+-------+-------+---------------+-------------------------------+
///  12                              28                              44
///  +-------------------------------+-------------------------------+----------------+--------------+
///  | to (16 bytes)                 | from (16 bytes)               | options …      | payload …    |
///  +-------------------------------+-------------------------------+----------------+--------------+
/// </code>
/// All numbers are big-endian. The length in front of it belongs to the frame.
/// </remarks>
public readonly record struct PacketHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Size = 44;

    /// <summary>The first byte of every binary packet, its version.</summary>
    public const byte Version = 0x01;

    internal const int TypeOffset = 1;
    internal const int FlagsOffset = 2;
    internal const int ModeOffset = 5;
    internal const int OptionsSizeOffset = 6;
    internal const int ToOffset = 12;
    internal const int FromOffset = 28;

    /// <summary>Where the sequence lies.</summary>
    public const int SequenceOffset = 8;

    /// <summary>The type.</summary>
    public required MessageType Type { get; init; }

    /// <summary>Which optional fields follow.</summary>
    public PacketFlags Flags { get; init; }

    /// <summary>Hops left; 0 when the packet never leaves the machine.</summary>
    public byte Ttl { get; init; }

    /// <summary>The mode of a publication.</summary>
    public PublishMode Mode { get; init; }

    /// <summary>Bytes of the optional fields.</summary>
    public ushort OptionsSize { get; init; }

    /// <summary>The id of the packet, or the quoted id when <see cref="PacketFlags.Reply"/> is set; 0 for none.</summary>
    public uint Sequence { get; init; }

    /// <summary>To whom.</summary>
    public Channel To { get; init; }

    /// <summary>From whom, written by the broadcaster.</summary>
    public Channel From { get; init; }

    /// <summary>Whether an optional field is there.</summary>
    public bool Has(PacketFlags flag) => (Flags & flag) != 0;

    /// <summary>Reads a header; the caller has checked that there are <see cref="Size"/> bytes.</summary>
    public static PacketHeader Read(ReadOnlySpan<byte> source) => new()
    {
        Type = (MessageType)source[1],
        Flags = (PacketFlags)BinaryPrimitives.ReadUInt16BigEndian(source[2..]),
        Ttl = source[4],
        Mode = (PublishMode)source[5],
        OptionsSize = BinaryPrimitives.ReadUInt16BigEndian(source[6..]),
        Sequence = BinaryPrimitives.ReadUInt32BigEndian(source[SequenceOffset..]),
        To = Channel.Read(source[12..]),
        From = Channel.Read(source[28..]),
    };

    /// <summary>Writes the header.</summary>
    public void Write(Span<byte> destination)
    {
        destination[43] = 0; // one bounds check for all that follows
        destination[0] = Version;
        destination[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)Flags);
        destination[4] = Ttl;
        destination[5] = (byte)Mode;
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], OptionsSize);
        BinaryPrimitives.WriteUInt32BigEndian(destination[SequenceOffset..], Sequence);
        To.Write(destination[12..]);
        From.Write(destination[28..]);
    }
}
