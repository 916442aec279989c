namespace LocalCast.Protocol;

/// <summary>What the payload of a message is.</summary>
public enum PayloadKind : byte
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>JSON text.</summary>
    Json,

    /// <summary>Bytes that only the two ends understand.</summary>
    Bytes,
}
