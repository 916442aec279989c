using System.Buffers.Binary;
using System.Text.Unicode;

namespace LocalCast.Protocol;

/// <summary>Reads the optional fields of a packet in the order of their flags. A field that is wrong makes all later ones empty and is named by <see cref="Finish"/>.</summary>
internal ref struct OptionReader(ReadOnlySpan<byte> options, PacketFlags flags)
{
    private ReadOnlySpan<byte> _rest = options;
    private string? _why;

    /// <summary>What was not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>A string: 16-bit size, UTF-8.</summary>
    public ReadOnlySpan<byte> Text(PacketFlags flag) => (flags & flag) == 0 ? default : NextText(flag);

    public uint? UInt32(PacketFlags flag) =>
        (flags & flag) == 0 ? null : Take(sizeof(uint), flag) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : null;

    public long? Int64(PacketFlags flag)
    {
        if ((flags & flag) == 0 || Take(sizeof(long), flag) is not { IsEmpty: false } bytes)
        {
            return null;
        }

        long value = BinaryPrimitives.ReadInt64BigEndian(bytes);
        if (value < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || value > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            _why ??= "the timestamp is not a date";
        }

        return value;
    }

    /// <summary>A 16-bit count and that many strings, or pairs of them; returned as they are encoded.</summary>
    public ReadOnlySpan<byte> Strings(PacketFlags flag, int perItem, int most)
    {
        if ((flags & flag) == 0)
        {
            return default;
        }

        ReadOnlySpan<byte> start = _rest;
        ReadOnlySpan<byte> size = Take(sizeof(ushort), flag);
        int count = size.IsEmpty ? 0 : BinaryPrimitives.ReadUInt16BigEndian(size);
        if (count > most)
        {
            _why ??= $"the field {flag} has at most {most} entries, this one has {count}";
        }

        for (int i = count * perItem; i > 0 && _why is null; i--)
        {
            NextText(flag);
        }

        return _why is null ? start[..^_rest.Length] : default;
    }

    public ReadOnlySpan<byte> Error()
    {
        if ((flags & PacketFlags.Error) == 0)
        {
            return default;
        }

        ReadOnlySpan<byte> start = _rest;
        Take(sizeof(ushort) + sizeof(uint), PacketFlags.Error);
        NextText(PacketFlags.Error);
        NextText(PacketFlags.Error);
        return _why is null ? start[..^_rest.Length] : default;
    }

    /// <summary>What was wrong, if anything was; bytes that no flag announced are wrong too.</summary>
    public readonly string? Finish() => _why ?? (_rest.IsEmpty ? null : "bytes follow the last optional field");

    private ReadOnlySpan<byte> NextText(PacketFlags flag)
    {
        ReadOnlySpan<byte> size = Take(sizeof(ushort), flag);
        ReadOnlySpan<byte> text = size.IsEmpty ? default : Take(BinaryPrimitives.ReadUInt16BigEndian(size), flag);
        if (!Utf8.IsValid(text))
        {
            _why ??= $"the field {flag} is not UTF-8";
        }

        return text;
    }

    private ReadOnlySpan<byte> Take(int size, PacketFlags flag)
    {
        if (_why is not null)
        {
            return default;
        }

        if (size > _rest.Length)
        {
            _why = $"the field {flag} reaches past the end of the optional fields";
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..size];
        _rest = _rest[size..];
        return taken;
    }
}
