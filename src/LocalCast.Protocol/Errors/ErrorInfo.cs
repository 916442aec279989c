namespace LocalCast.Protocol;

/// <summary>An error as it travels in an envelope.</summary>
/// <param name="Code">Which error of the closed list.</param>
/// <param name="Message">One sentence for a person: what failed and, where it is known, why.</param>
public sealed record ErrorInfo(LocalCastError Code, string Message)
{
    internal const uint MaxRetryAfterMs = uint.MaxValue - 1;

    /// <summary>When another try may succeed, if that is known; to the millisecond, at most 49 days.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>More about the error as JSON text, or <see langword="null"/>.</summary>
    public string? DataJson { get; init; }

    internal static uint ToWireMs(TimeSpan retryAfter) => (uint)Math.Clamp(retryAfter.TotalMilliseconds, 0, MaxRetryAfterMs);

    /// <inheritdoc/>
    public override string ToString() => $"{ErrorCatalog.NameOf(Code)}: {Message}";
}
