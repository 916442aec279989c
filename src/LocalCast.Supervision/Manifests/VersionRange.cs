using System.Diagnostics.CodeAnalysis;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Versions that will do: comparisons joined by spaces, as in <c>&gt;=1.2 &lt;2</c>; <c>^1.2</c>, <c>~1.2</c> and a bare <c>1.2</c> as npm knows them.</summary>
/// <remarks>
/// Pre-releases have their place in the order of semver, and nothing else is special about them. So <c>&gt;=1.2.0</c> contains 1.3.0-beta. Where a range ends before a version that it does
/// not spell out – <c>^1.2</c> before 2.0.0, <c>&lt;2</c> too – it ends before that version's pre-releases.
/// </remarks>
public sealed record VersionRange
{
    private readonly IReadOnlyList<VersionComparison> _comparisons;

    private VersionRange(string text, IReadOnlyList<VersionComparison> comparisons) => (Text, _comparisons) = (text, comparisons);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Parses a range.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static VersionRange Parse(string text) => TryParse(text, out VersionRange? range, out string? why) ? range : throw new FormatException(why);

    /// <summary>Parses a range, or says what is wrong with it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out VersionRange? range, [NotNullWhen(false)] out string? why)
    {
        (range, why) = (null, null);
        if (VersionComparison.ParseAll(text) is { } comparisons)
        {
            range = new VersionRange(text, comparisons);
            return true;
        }

        why = $"expected a range of versions such as \">=1.2 <2\", \"^1.2\", \"~1.2\", \"1.2.3\" or \"*\", got \"{text}\"";
        return false;
    }

    /// <summary>Whether a version will do. One that cannot be understood, or is not told, only will when all do.</summary>
    public bool Contains(string? version) => Contains(SemanticVersion.TryParse(version, out SemanticVersion? parsed) ? parsed : null);

    /// <summary>Whether a version will do.</summary>
    public bool Contains(SemanticVersion? version) => version is null ? _comparisons.Count == 0 : _comparisons.All(comparison => comparison.Holds(version));

    /// <inheritdoc/>
    public bool Equals(VersionRange? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
