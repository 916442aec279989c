using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace LocalCast.Protocol;

/// <summary>A binary packet read where it lies: header and optional fields checked, payload untouched. Hot path.</summary>
public readonly ref struct Packet
{
    private readonly ReadOnlySpan<byte> _body;
    private readonly FieldTable _fields;
    private readonly ushort _idsAt;
    private readonly ushort _restAt;

    private Packet(ReadOnlySpan<byte> body, scoped in FieldTable fields, int idsAt, int restAt)
    {
        _body = body;
        _fields = fields;
        _idsAt = (ushort)idsAt;
        _restAt = (ushort)restAt;
    }

    /// <summary>The whole header. Whoever needs a field or two takes them one by one.</summary>
    public PacketHeader Header => PacketHeader.Read(_body);

    /// <summary>The header as it lies.</summary>
    public ReadOnlySpan<byte> RawHeader => _body[..PacketHeader.Size];

    /// <summary>The whole packet as it lies.</summary>
    public ReadOnlySpan<byte> Raw => _body;

    /// <summary>The type.</summary>
    public MessageType Type => (MessageType)_body[PacketHeader.TypeOffset];

    /// <summary>Which optional fields are there, and how to read the rest.</summary>
    public PacketFlags Flags => (PacketFlags)BinaryPrimitives.ReadUInt16BigEndian(_body[PacketHeader.FlagsOffset..]);

    /// <summary>The mode of a publication.</summary>
    public PublishMode Mode => (PublishMode)_body[PacketHeader.ModeOffset];

    /// <summary>The id of the packet, or the quoted id when <see cref="PacketFlags.Reply"/> is set; 0 for none.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_body[PacketHeader.SequenceOffset..]);

    /// <summary>To whom.</summary>
    public Channel To => Channel.Read(_body[PacketHeader.ToOffset..]);

    /// <summary>From whom, written by the broadcaster.</summary>
    public Channel From => Channel.Read(_body[PacketHeader.FromOffset..]);

    private int OptionsSize => BinaryPrimitives.ReadUInt16BigEndian(_body[PacketHeader.OptionsSizeOffset..]);

    /// <summary>All optional fields.</summary>
    public ReadOnlySpan<byte> Options => _body.Slice(PacketHeader.Size, OptionsSize);

    /// <summary>The optional fields without those that say from whom, to whom and by which id: what a broadcaster passes on as it is.</summary>
    public ReadOnlySpan<byte> Rest => Options[_restAt..];

    /// <summary>The same with the ids in front: what a broadcaster passes on when the receiver answers the sender directly.</summary>
    public ReadOnlySpan<byte> RestWithIds => Options[_idsAt..];

    /// <summary>The sender's name as it lies among the optional fields; empty when absent.</summary>
    public ReadOnlySpan<byte> FromField => Options[..FieldSize(PacketFlags.FromName)];

    /// <summary>The address as it lies behind <see cref="FromField"/>; empty when absent.</summary>
    public ReadOnlySpan<byte> ToField => Options.Slice(FieldSize(PacketFlags.FromName), FieldSize(PacketFlags.ToName));

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload => _body[(PacketHeader.Size + OptionsSize)..];

    /// <summary>The sender's name in UTF-8, empty when absent. Likewise the following.</summary>
    public ReadOnlySpan<byte> FromName => Text(PacketFlags.FromName);

    /// <summary>The address as the sender spelled it.</summary>
    public ReadOnlySpan<byte> ToName => Text(PacketFlags.ToName);

    /// <summary>An id that is not a number.</summary>
    public ReadOnlySpan<byte> Id => Text(PacketFlags.Id);

    /// <summary>A quoted id that is not a number.</summary>
    public ReadOnlySpan<byte> ReplyTo => Text(PacketFlags.ReplyTo);

    /// <summary>The topic.</summary>
    public ReadOnlySpan<byte> Topic => Text(PacketFlags.Topic);

    /// <summary>The group.</summary>
    public ReadOnlySpan<byte> Group => Text(PacketFlags.Group);

    /// <summary>The method of a call.</summary>
    public ReadOnlySpan<byte> Method => Text(PacketFlags.Method);

    /// <summary>The spelling of a type without a number.</summary>
    public ReadOnlySpan<byte> TypeName => Text(PacketFlags.TypeName);

    /// <summary>Pairs of strings, still encoded.</summary>
    public ReadOnlySpan<byte> Headers => Field(PacketFlags.Headers);

    /// <summary>Agents passed, still encoded.</summary>
    public ReadOnlySpan<byte> Route => Field(PacketFlags.Route);

    /// <summary>The error, still encoded.</summary>
    public ReadOnlySpan<byte> Error => Field(PacketFlags.Error);

    /// <summary>The remaining time in milliseconds, if it was sent.</summary>
    public uint? DeadlineMs => Has(PacketFlags.Deadline) ? BinaryPrimitives.ReadUInt32BigEndian(Field(PacketFlags.Deadline)) : null;

    /// <summary>Where in the packet its remaining time stands; -1 when it was not sent. For one who keeps a packet and sends it later.</summary>
    public int DeadlineAt => Has(PacketFlags.Deadline) ? PacketHeader.Size + (int)(_fields[BitOperations.TrailingZeroCount((uint)PacketFlags.Deadline)] >> 16) : -1;

    /// <summary>Milliseconds since 1970, if it was sent.</summary>
    public long? TimestampMs => Has(PacketFlags.Timestamp) ? BinaryPrimitives.ReadInt64BigEndian(Field(PacketFlags.Timestamp)) : null;

    /// <summary>What the payload is.</summary>
    public PayloadKind PayloadKind =>
        Has(PacketFlags.Bytes) ? PayloadKind.Bytes : Payload.IsEmpty ? PayloadKind.None : PayloadKind.Json;

    /// <summary>Reads a frame body that starts with <see cref="PacketHeader.Version"/>. Everything but the payload is checked.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out Packet packet, [NotNullWhen(false)] out string? why)
    {
        packet = default;
        why = WhatIsWrongWithHeader(body);
        if (why is not null)
        {
            return false;
        }

        var flags = (PacketFlags)BinaryPrimitives.ReadUInt16BigEndian(body[PacketHeader.FlagsOffset..]);
        ReadOnlySpan<byte> options = body.Slice(PacketHeader.Size, BinaryPrimitives.ReadUInt16BigEndian(body[PacketHeader.OptionsSizeOffset..]));
        FieldTable fields = default;
        int at = 0;
        int idsAt = 0;
        int restAt = 0;
        for (uint left = (uint)(flags & PacketFlags.Fields); left != 0; left &= left - 1)
        {
            var field = (PacketFlags)(left & (~left + 1)); // the lowest bit: fields come in the order of their flags
            why = PacketFields.Measure(field, options[at..], out int size);
            if (why is not null)
            {
                return false;
            }

            fields[BitOperations.TrailingZeroCount(left)] = ((uint)at << 16) | (uint)size;
            at += size;
            idsAt = field <= PacketFlags.ToName ? at : idsAt;
            restAt = field <= PacketFlags.ReplyTo ? at : restAt;
        }

        packet = new Packet(body, fields, idsAt, restAt);
        why = at < options.Length ? "bytes follow the last optional field"
            : packet.Type == MessageType.Other ? WhatIsWrongWithTypeName(packet.TypeName) : null;
        return why is null;
    }

    /// <summary>Whether a flag is set.</summary>
    public bool Has(PacketFlags flag) => (Flags & flag) != 0;

    private static string? WhatIsWrongWithHeader(ReadOnlySpan<byte> body)
    {
        if (body.Length < PacketHeader.Size)
        {
            return $"a binary packet has at least {PacketHeader.Size} bytes, this one has {body.Length}";
        }

        var flags = (PacketFlags)BinaryPrimitives.ReadUInt16BigEndian(body[PacketHeader.FlagsOffset..]);
        return body[0] != PacketHeader.Version ? $"unknown packet version {body[0]}"
            : (flags & PacketFlags.Reserved) != 0 ? "a reserved flag is set"
            : !MessageTypes.IsKnown((MessageType)body[PacketHeader.TypeOffset]) ? $"unknown packet type {body[PacketHeader.TypeOffset]}"
            : body[PacketHeader.ModeOffset] > (byte)PublishMode.Every ? $"unknown mode {body[PacketHeader.ModeOffset]}"
            : PacketHeader.Size + BinaryPrimitives.ReadUInt16BigEndian(body[PacketHeader.OptionsSizeOffset..]) > body.Length ? "the optional fields reach past the end of the packet"
            : null;
    }

    /// <summary>A type with a number is never spelled out: it would pass the broadcaster as unknown and reach a JSON receiver as the real thing.</summary>
    private static string? WhatIsWrongWithTypeName(ReadOnlySpan<byte> utf8) =>
        utf8.IsEmpty ? "a packet of type 255 spells its type out" : MessageTypes.HasNumber(utf8) ? "a packet of type 255 spells out a type that has a number" : null;

    private int FieldSize(PacketFlags field) => Has(field) ? Field(field).Length : 0;

    private ReadOnlySpan<byte> Field(PacketFlags field)
    {
        uint place = _fields[BitOperations.TrailingZeroCount((uint)field)];
        return _body.Slice(PacketHeader.Size + (int)(place >> 16), (int)(place & ushort.MaxValue));
    }

    private ReadOnlySpan<byte> Text(PacketFlags field) => Has(field) ? Field(field)[sizeof(ushort)..] : default;

    /// <summary>Where each optional field lies in <see cref="Options"/> (high half) and how many bytes it has (low half), by the number of its flag.</summary>
    [System.Runtime.CompilerServices.InlineArray(PacketFields.Count)]
    private struct FieldTable
    {
        private uint _first;
    }
}
