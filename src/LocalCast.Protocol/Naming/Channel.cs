using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LocalCast.Protocol;

/// <summary>An address: the MD5 of a name, 16 bytes on the wire, 32 lower-case hex digits in text.</summary>
/// <remarks>MD5 names a channel here, it protects nothing: two names with one MD5 are told apart at join, where the second is refused.</remarks>
public readonly record struct Channel : ISpanFormattable
{
    /// <summary>Bytes of a channel on the wire.</summary>
    public const int Size = 16;

    /// <summary>Hex digits of a channel in text.</summary>
    public const int TextLength = 32;

    /// <summary>The longest UTF-8 form of a name that is hashed without an allocation; a node name never exceeds it.</summary>
    private const int MaxStackBytes = 1024;

    private readonly UInt128 _value;

    private Channel(UInt128 value) => _value = value;

    /// <summary>No address: the common channel, on which everybody listens.</summary>
    public static Channel Common => default;

    /// <summary>Gets a value indicating whether this is the common channel.</summary>
    public bool IsCommon => _value == UInt128.Zero;

    /// <summary>The channel of a name: MD5 of its UTF-8 form.</summary>
    public static Channel OfName(ReadOnlySpan<char> name)
    {
        int size = Encoding.UTF8.GetByteCount(name);
        Span<byte> utf8 = size <= MaxStackBytes ? stackalloc byte[size] : new byte[size];
        Encoding.UTF8.GetBytes(name, utf8);
        return OfName(utf8);
    }

    /// <summary>The channel of a name that is already UTF-8.</summary>
    public static Channel OfName(ReadOnlySpan<byte> utf8Name)
    {
        Span<byte> hash = stackalloc byte[Size];
#pragma warning disable CA5351 // MD5 is the address format that the protocol inherits; it is not used to protect anything.
        MD5.HashData(utf8Name, hash);
#pragma warning restore CA5351
        return Read(hash);
    }

    /// <summary>What an envelope's <c>to</c> or <c>from</c> addresses: a channel in hex as it stands, a name by its MD5.</summary>
    public static Channel OfAddress(ReadOnlySpan<char> address) => TryParse(address, out Channel channel) ? channel : OfName(address);

    /// <summary>Reads a channel in text form: exactly 32 hex digits, in either case.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Channel channel)
    {
        channel = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (text.Length != TextLength || Convert.FromHexString(text, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        channel = Read(bytes);
        return true;
    }

    /// <summary>Reads the 16 bytes of a channel.</summary>
    public static Channel Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt128BigEndian(source));

    /// <summary>Writes the 16 bytes of the channel.</summary>
    public void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, _value);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(uint)_value; // MD5 is already spread evenly

    /// <inheritdoc/>
    public override string ToString() => _value.ToString("x32", null);

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        _value.TryFormat(destination, out charsWritten, "x32", provider);
}
