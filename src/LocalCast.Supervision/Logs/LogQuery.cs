namespace LocalCast.Supervision;

/// <summary>Which lines are wanted. The oldest of them come first; who wants more asks again after the last one.</summary>
public sealed record LogQuery
{
    /// <summary>Only lines after this one.</summary>
    public long After { get; init; }

    /// <summary>Only lines since then.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The most lines in one answer.</summary>
    public int MaxLines { get; init; } = 1000;

    /// <summary>The most bytes of text in one answer; one line comes in any case.</summary>
    public int MaxBytes { get; init; } = 256 * 1024;
}
