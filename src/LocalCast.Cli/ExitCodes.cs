namespace LocalCast.Cli;

/// <summary>Exit codes that are no error of LocalCast's; those come from <see cref="Protocol.ErrorCatalog.ExitCodeOf"/>.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Usage = 2;

    /// <summary>128 + SIGHUP: the terminal has gone.</summary>
    public const int HungUp = 129;

    /// <summary>128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;

    /// <summary>128 + SIGPIPE: whoever read the output has gone.</summary>
    public const int OutputGone = 141;

    /// <summary>128 + SIGTERM.</summary>
    public const int Terminated = 143;
}
