using System.Diagnostics.CodeAnalysis;

namespace LocalCast.Protocol;

/// <summary>A binary packet read where it lies: header and optional fields checked, payload untouched. Hot path.</summary>
public readonly ref struct Packet
{
    /// <summary>The header.</summary>
    public PacketHeader Header { get; private init; }

    /// <summary>All optional fields.</summary>
    public ReadOnlySpan<byte> Options { get; private init; }

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload { get; private init; }

    /// <summary>The optional fields without those that say from whom, to whom and by which id: what a broadcaster passes on as it is.</summary>
    public ReadOnlySpan<byte> Rest { get; private init; }

    /// <summary>The same with the ids in front: what a broadcaster passes on when the receiver answers the sender directly.</summary>
    public ReadOnlySpan<byte> RestWithIds { get; private init; }

    /// <summary>The sender's name in UTF-8, empty when absent. Likewise the following.</summary>
    public ReadOnlySpan<byte> FromName { get; private init; }

    /// <summary>The address as the sender spelled it.</summary>
    public ReadOnlySpan<byte> ToName { get; private init; }

    /// <summary>An id that is not a number.</summary>
    public ReadOnlySpan<byte> Id { get; private init; }

    /// <summary>A quoted id that is not a number.</summary>
    public ReadOnlySpan<byte> ReplyTo { get; private init; }

    /// <summary>The topic.</summary>
    public ReadOnlySpan<byte> Topic { get; private init; }

    /// <summary>The group.</summary>
    public ReadOnlySpan<byte> Group { get; private init; }

    /// <summary>The method of a call.</summary>
    public ReadOnlySpan<byte> Method { get; private init; }

    /// <summary>The spelling of a type without a number.</summary>
    public ReadOnlySpan<byte> TypeName { get; private init; }

    /// <summary>Pairs of strings, still encoded.</summary>
    public ReadOnlySpan<byte> Headers { get; private init; }

    /// <summary>Agents passed, still encoded.</summary>
    public ReadOnlySpan<byte> Route { get; private init; }

    /// <summary>The error, still encoded.</summary>
    public ReadOnlySpan<byte> Error { get; private init; }

    /// <summary>The remaining time in milliseconds, if it was sent.</summary>
    public uint? DeadlineMs { get; private init; }

    /// <summary>Milliseconds since 1970, if it was sent.</summary>
    public long? TimestampMs { get; private init; }

    /// <summary>What the payload is.</summary>
    public PayloadKind PayloadKind =>
        Header.Has(PacketFlags.Bytes) ? PayloadKind.Bytes : Payload.IsEmpty ? PayloadKind.None : PayloadKind.Json;

    /// <summary>Reads a frame body that starts with <see cref="PacketHeader.Version"/>. Everything but the payload is checked.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out Packet packet, [NotNullWhen(false)] out string? why)
    {
        packet = default;
        if (body.Length < PacketHeader.Size)
        {
            why = $"a binary packet has at least {PacketHeader.Size} bytes, this one has {body.Length}";
            return false;
        }

        PacketHeader header = PacketHeader.Read(body);
        why = (body[0], header) switch
        {
            (not PacketHeader.Version, _) => $"unknown packet version {body[0]}",
            (_, { Flags: var flags }) when (flags & PacketFlags.Reserved) != 0 => "a reserved flag is set",
            (_, { Type: var type }) when !MessageTypes.IsKnown(type) => $"unknown packet type {(byte)type}",
            (_, { Mode: > PublishMode.Every }) => $"unknown mode {(byte)header.Mode}",
            (_, { OptionsSize: var size }) when PacketHeader.Size + size > body.Length => "the optional fields reach past the end of the packet",
            _ => null,
        };
        if (why is not null)
        {
            return false;
        }

        ReadOnlySpan<byte> options = body.Slice(PacketHeader.Size, header.OptionsSize);
        var fields = new OptionReader(options, header.Flags);
        ReadOnlySpan<byte> fromName = fields.Text(PacketFlags.FromName);
        ReadOnlySpan<byte> toName = fields.Text(PacketFlags.ToName);
        ReadOnlySpan<byte> restWithIds = fields.Rest;
        ReadOnlySpan<byte> id = fields.Text(PacketFlags.Id);
        ReadOnlySpan<byte> replyTo = fields.Text(PacketFlags.ReplyTo);
        ReadOnlySpan<byte> rest = fields.Rest;
        packet = new Packet
        {
            Header = header,
            Options = options,
            Payload = body[(PacketHeader.Size + header.OptionsSize)..],
            Rest = rest,
            RestWithIds = restWithIds,
            FromName = fromName,
            ToName = toName,
            Id = id,
            ReplyTo = replyTo,
            Topic = fields.Text(PacketFlags.Topic),
            Group = fields.Text(PacketFlags.Group),
            Method = fields.Text(PacketFlags.Method),
            DeadlineMs = fields.UInt32(PacketFlags.Deadline),
            TimestampMs = fields.Int64(PacketFlags.Timestamp),
            TypeName = fields.Text(PacketFlags.TypeName),
            Headers = fields.Strings(PacketFlags.Headers, perItem: 2, ProtocolLimits.DefaultHeaders),
            Route = fields.Strings(PacketFlags.Route, perItem: 1, ProtocolLimits.DefaultRoute),
            Error = fields.Error(),
        };
        why = fields.Finish() ?? (header.Type == MessageType.Other ? WhatIsWrongWithTypeName(packet.TypeName) : null);
        return why is null;
    }

    /// <summary>A type with a number is never spelled out: it would pass the broadcaster as unknown and reach a JSON receiver as the real thing.</summary>
    private static string? WhatIsWrongWithTypeName(ReadOnlySpan<byte> utf8) =>
        utf8.IsEmpty ? "a packet of type 255 spells its type out" : MessageTypes.HasNumber(utf8) ? "a packet of type 255 spells out a type that has a number" : null;
}
