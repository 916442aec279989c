namespace LocalCast.Supervision.Internal;

/// <summary>One bound of a range: from a version on, or before it.</summary>
internal readonly record struct VersionComparison(SemanticVersion Bound, bool IsLower)
{
    private const string LowestPreRelease = "0";

    private static readonly string[] _operators = [">=", "<=", ">", "<", "=", "^", "~"];

    public bool Holds(SemanticVersion version) => IsLower ? version.CompareTo(Bound) >= 0 : version.CompareTo(Bound) < 0;

    /// <summary>The bounds that a text stands for; none when it contains every version, <see langword="null"/> when it is no range.</summary>
    public static IReadOnlyList<VersionComparison>? ParseAll(string text)
    {
        string rest = text.Trim();
        if (rest is "*" or "")
        {
            return rest.Length == 0 ? null : [];
        }

        List<VersionComparison> all = [];
        while (rest.Length > 0)
        {
            string? sign = _operators.FirstOrDefault(known => rest.StartsWith(known, StringComparison.Ordinal));
            rest = rest[(sign?.Length ?? 0)..].TrimStart();
            int end = rest.IndexOfAny([' ', '\t']);
            string word = end < 0 ? rest : rest[..end];
            if (!SemanticVersion.TryParsePartial(word, out int parts, out SemanticVersion? version))
            {
                return null;
            }

            Add(all, sign ?? "=", version, parts);
            rest = rest[word.Length..].TrimStart();
        }

        return all;
    }

    private static void Add(List<VersionComparison> all, string sign, SemanticVersion version, int parts)
    {
        bool isWhole = parts == 3;
        switch (sign)
        {
            case ">=":
                all.Add(From(version));
                break;
            case "<":
                all.Add(Before(isWhole ? version : FirstOf(version)));
                break;
            case ">":
                all.Add(From(isWhole ? JustAfter(version) : Next(version, parts)));
                break;
            case "<=":
                all.Add(Before(isWhole ? JustAfter(version) : FirstOf(Next(version, parts))));
                break;
            case "=":
                all.Add(From(version));
                all.Add(Before(isWhole ? JustAfter(version) : FirstOf(Next(version, parts))));
                break;
            default:
                all.Add(From(version));
                all.Add(Before(FirstOf(Next(version, sign == "^" ? Fixed(version, parts) : Math.Min(parts, 2)))));
                break;
        }
    }

    private static VersionComparison From(SemanticVersion bound) => new(bound, IsLower: true);

    private static VersionComparison Before(SemanticVersion bound) => new(bound, IsLower: false);

    // What ^ holds on to: everything up to the first number that is not 0.
    private static int Fixed(SemanticVersion version, int parts) => version switch
    {
        { Major: > 0 } => 1,
        { Minor: > 0 } => 2,
        _ => parts,
    };

    // The first release that differs in one of the first numbers.
    private static SemanticVersion Next(SemanticVersion version, int parts) => parts switch
    {
        1 => new SemanticVersion(version.Major + 1, 0, 0),
        2 => new SemanticVersion(version.Major, version.Minor + 1, 0),
        _ => new SemanticVersion(version.Major, version.Minor, version.Patch + 1),
    };

    // The next version in the order: after 1.2.3-rc comes 1.2.3-rc.0, after 1.2.3 comes 1.2.4-0.
    private static SemanticVersion JustAfter(SemanticVersion version) => version.PreRelease.Length > 0
        ? version with { PreRelease = version.PreRelease + "." + LowestPreRelease }
        : FirstOf(Next(version, 3));

    private static SemanticVersion FirstOf(SemanticVersion release) => release with { PreRelease = LowestPreRelease };
}
