using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LocalCast.Supervision;

/// <summary>A version by the rules of semver.org, with two liberties: parts that are left out are 0, and numbers may begin with zeros.</summary>
/// <param name="Major">The first number.</param>
/// <param name="Minor">The second.</param>
/// <param name="Patch">The third.</param>
/// <param name="PreRelease">What follows the <c>-</c>; empty for a release.</param>
public sealed record SemanticVersion(uint Major, uint Minor, uint Patch, string PreRelease = "") : IComparable<SemanticVersion>
{
    private const int MaxLength = 256;

    /// <summary>Parses; build metadata (<c>+…</c>) is dropped, as it has no place in the order.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out SemanticVersion? version)
    {
        version = TryParsePartial(text, out int parts, out SemanticVersion? partial) && parts > 0 ? partial : null;
        return version is not null;
    }

    /// <inheritdoc/>
    public int CompareTo(SemanticVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        int byNumbers = (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));
        return byNumbers != 0 ? byNumbers : ComparePreReleases(PreRelease, other.PreRelease);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Major}.{Minor}.{Patch}" + (PreRelease.Length == 0 ? "" : "-" + PreRelease);

    /// <summary>Parses, and tells how many of the three numbers were there; a pre-release needs all three.</summary>
    internal static bool TryParsePartial(string? text, out int parts, [NotNullWhen(true)] out SemanticVersion? version)
    {
        (parts, version) = (0, null);
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return false;
        }

        int plus = text.IndexOf('+', StringComparison.Ordinal);
        string core = plus < 0 ? text : text[..plus];
        int dash = core.IndexOf('-', StringComparison.Ordinal);
        string preRelease = dash < 0 ? "" : core[(dash + 1)..];
        string[] numbers = (dash < 0 ? core : core[..dash]).Split('.');
        if (numbers.Length > 3 || (dash >= 0 && (numbers.Length < 3 || !AreIdentifiers(preRelease))) || (plus >= 0 && !AreIdentifiers(text[(plus + 1)..])))
        {
            return false;
        }

        Span<uint> values = [0, 0, 0];
        for (int i = 0; i < numbers.Length; i++)
        {
            // The greatest number has no next one, which the ends of ranges need.
            if (!uint.TryParse(numbers[i], NumberStyles.None, CultureInfo.InvariantCulture, out values[i]) || values[i] == uint.MaxValue)
            {
                return false;
            }
        }

        (parts, version) = (numbers.Length, new SemanticVersion(values[0], values[1], values[2], preRelease));
        return true;
    }

    private static bool AreIdentifiers(string text) => text.Split('.').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));

    private static int ComparePreReleases(string left, string right)
    {
        if (left.Length == 0 || right.Length == 0)
        {
            return right.Length.CompareTo(left.Length); // a release comes after its pre-releases
        }

        string[] a = left.Split('.');
        string[] b = right.Split('.');
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            int order = CompareIdentifiers(a[i], b[i]);
            if (order != 0)
            {
                return order;
            }
        }

        return a.Length.CompareTo(b.Length);
    }

    private static int CompareIdentifiers(string left, string right) => (left.All(char.IsAsciiDigit), right.All(char.IsAsciiDigit)) switch
    {
        (true, true) => CompareNumbers(left.TrimStart('0'), right.TrimStart('0')),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(left, right),
    };

    // Of any length: a date and a time make a number that no integer holds.
    private static int CompareNumbers(string left, string right) => left.Length != right.Length ? left.Length.CompareTo(right.Length) : string.CompareOrdinal(left, right);
}
