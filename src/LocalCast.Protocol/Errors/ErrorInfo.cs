namespace LocalCast.Protocol;

/// <summary>An error as it travels in an envelope.</summary>
/// <param name="Code">Which error of the closed list.</param>
/// <param name="Message">One sentence for a person: what failed and, where it is known, why.</param>
public sealed record ErrorInfo(LocalCastError Code, string Message)
{
    /// <summary>When another try may succeed, if that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>More about the error as JSON text, or <see langword="null"/>.</summary>
    public string? DataJson { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{ErrorCatalog.NameOf(Code)}: {Message}";
}
