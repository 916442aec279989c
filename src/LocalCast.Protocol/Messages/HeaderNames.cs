namespace LocalCast.Protocol;

/// <summary>Headers that the agent writes.</summary>
public static class HeaderNames
{
    /// <summary>On the result of a call that waited for its node: for how many milliseconds.</summary>
    public const string BootMs = "localcast-boot-ms";
}
