using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace LocalCast.Plugins.Dht;

/// <summary>A place in the space of 160-bit numbers, in which nearness is the XOR of two places taken as a number.</summary>
public readonly record struct NodeId : IComparable<NodeId>
{
    /// <summary>How many bits it has.</summary>
    public const int Bits = 160;

    private const int Bytes = Bits / 8;

    private readonly UInt128 _high;
    private readonly uint _low;

    private NodeId(UInt128 high, uint low) => (_high, _low) = (high, low);

    /// <summary>The place of a text: the first 160 bits of its SHA-256.</summary>
    public static NodeId Of(string text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return Read(hash[..Bytes]);
    }

    /// <summary>Takes a place from its bytes, the highest first.</summary>
    public static NodeId Read(ReadOnlySpan<byte> bytes) => new(
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes),
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes[16..Bytes]));

    /// <summary>How far it is to another place.</summary>
    public NodeId DistanceTo(NodeId other) => new(_high ^ other._high, _low ^ other._low);

    /// <summary>The number of the bucket, in the table of the node here, that another place belongs to: the position of the highest bit that differs.</summary>
    /// <returns>0 to 159, or -1 for the place itself.</returns>
    public int BucketOf(NodeId other)
    {
        NodeId distance = DistanceTo(other);
        return distance._high != 0 ? 32 + (127 - (int)UInt128.LeadingZeroCount(distance._high))
            : distance._low != 0 ? 31 - BitOperations.LeadingZeroCount(distance._low)
            : -1;
    }

    /// <summary>A place that belongs into a bucket of the node here.</summary>
    public NodeId Flip(int bucket) => bucket < 32 ? new(_high, _low ^ (1u << bucket)) : new(_high ^ (UInt128.One << (bucket - 32)), _low);

    /// <inheritdoc/>
    public int CompareTo(NodeId other) => _high != other._high ? _high.CompareTo(other._high) : _low.CompareTo(other._low);

    /// <summary>40 hex digits.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_high:x32}{_low:x8}");
}
