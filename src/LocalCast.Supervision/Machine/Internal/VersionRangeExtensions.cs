namespace LocalCast.Supervision.Internal;

/// <summary>Compares versions by their numbers, as far as a range says any.</summary>
internal static class VersionRangeExtensions
{
    private static readonly string[] _operators = [">=", "<=", ">", "<", "=", "^", "~"];

    internal static bool Contains(this VersionRange range, string version) =>
        range.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(comparison => Fits(comparison, Parse(version)));

    private static bool Fits(string comparison, int[] version)
    {
        string sign = _operators.FirstOrDefault(candidate => comparison.StartsWith(candidate, StringComparison.Ordinal)) ?? "";
        int[] bound = Parse(comparison[sign.Length..]);
        int order = version.AsSpan().SequenceCompareTo(bound);
        int given = comparison.Count(c => c == '.') + 1;
        return sign switch
        {
            ">=" => order >= 0,
            "<=" => order <= 0,
            ">" => order > 0,
            "<" => order < 0,
            "=" => order == 0,
            "^" => order >= 0 && IsSame(version, bound, bound[0] > 0 ? 1 : bound[1] > 0 ? 2 : 3),
            "~" => order >= 0 && IsSame(version, bound, Math.Min(given, 2)),
            _ => IsSame(version, bound, Math.Min(given, 3)),
        };
    }

    private static bool IsSame(int[] version, int[] bound, int parts) => version.AsSpan(0, parts).SequenceEqual(bound.AsSpan(0, parts));

    private static int[] Parse(string version)
    {
        string[] parts = version.Split('-', '+')[0].Split('.');
        return [.. Enumerable.Range(0, 3).Select(i => i < parts.Length && int.TryParse(parts[i], out int number) ? number : 0)];
    }
}
