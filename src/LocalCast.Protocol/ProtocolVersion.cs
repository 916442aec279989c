namespace LocalCast.Protocol;

/// <summary>The versions of the protocol that this code speaks.</summary>
public static class ProtocolVersion
{
    /// <summary>The oldest version.</summary>
    public const int Oldest = 1;

    /// <summary>The newest version.</summary>
    public const int Newest = 1;
}
