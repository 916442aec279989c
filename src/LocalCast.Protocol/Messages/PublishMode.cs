namespace LocalCast.Protocol;

/// <summary>To whom a publication goes. The numbers are those of the binary packet.</summary>
public enum PublishMode : byte
{
    /// <summary>Not a publication.</summary>
    None = 0,

    /// <summary>One random subscriber, which acknowledges it.</summary>
    One = 1,

    /// <summary>Every subscriber.</summary>
    All = 2,

    /// <summary>Every node, subscribed or not.</summary>
    Every = 3,
}
