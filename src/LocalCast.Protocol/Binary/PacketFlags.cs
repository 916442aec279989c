namespace LocalCast.Protocol;

/// <summary>Which optional fields follow the fixed header, in the order of their bits, and how to read the rest.</summary>
[Flags]
public enum PacketFlags : ushort
{
    /// <summary>No optional field.</summary>
    None = 0,

    /// <summary>The sender's name. First, so that the broadcaster writes or strips it without reading further.</summary>
    FromName = 1 << 0,

    /// <summary>The address as the sender spelled it, where the 16 bytes alone do not say it.</summary>
    ToName = 1 << 1,

    /// <summary>An id that is not a 32-bit number.</summary>
    Id = 1 << 2,

    /// <summary>A quoted id that is not a 32-bit number.</summary>
    ReplyTo = 1 << 3,

    /// <summary>The fields that every hop writes anew. They come first, so that the rest is passed on in one piece.</summary>
    Addressing = FromName | ToName | Id | ReplyTo,

    /// <summary>The topic.</summary>
    Topic = 1 << 4,

    /// <summary>The group.</summary>
    Group = 1 << 5,

    /// <summary>The method of a call.</summary>
    Method = 1 << 6,

    /// <summary>The remaining time: 32 bits, milliseconds.</summary>
    Deadline = 1 << 7,

    /// <summary>When it was sent: 64 bits, milliseconds since 1970.</summary>
    Timestamp = 1 << 8,

    /// <summary>The spelling of a type without a number.</summary>
    TypeName = 1 << 9,

    /// <summary>String pairs: 16-bit count, then key and value.</summary>
    Headers = 1 << 10,

    /// <summary>Agents passed: 16-bit count, then strings.</summary>
    Route = 1 << 11,

    /// <summary>An error: 16-bit number, 32-bit retry-after in milliseconds (all ones: none), message, data as JSON text (empty: none).</summary>
    Error = 1 << 12,

    /// <summary>All flags that announce a field.</summary>
    Fields = (1 << 13) - 1,

    /// <summary>No field: the payload is bytes, not JSON.</summary>
    Bytes = 1 << 13,

    /// <summary>No field: the sequence is the quoted id, not the packet's own.</summary>
    Reply = 1 << 14,

    /// <summary>Must be zero in version 1.</summary>
    Reserved = 1 << 15,
}
