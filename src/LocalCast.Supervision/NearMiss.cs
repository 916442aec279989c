namespace LocalCast.Supervision.Internal;

/// <summary>Finds the word that was meant.</summary>
internal static class NearMiss
{
    // Words are keys and enum values; nobody means one of these with a longer text.
    private const int LongestWord = 40;

    /// <summary>The end of a message: <c>; did you mean "x"?</c>, or nothing when no word is near.</summary>
    public static string Ask(string word, IEnumerable<string> known) => Find(word, known) is { } meant ? $"; did you mean \"{meant}\"?" : "";

    public static string? Find(string word, IEnumerable<string> known)
    {
        if (word.Length > LongestWord)
        {
            return null;
        }

        (string? best, int bestDistance) = (null, 1 + Math.Max(1, word.Length / 3));
        foreach (string candidate in known)
        {
            int distance = Distance(Plain(word), Plain(candidate));
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    // "on_failure", "onFailure" and "OnFailure" are all meant as "on-failure".
    private static string Plain(string word) => new([.. word.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    // Edits, and neighbours that changed places: the usual slip of the fingers.
    private static int Distance(string a, string b)
    {
        int[][] rows = [.. Enumerable.Range(0, a.Length + 1).Select(i => Enumerable.Range(i, b.Length + 1).ToArray())];
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i][j] = Math.Min(replaced, Math.Min(rows[i - 1][j], rows[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i][j] = Math.Min(rows[i][j], rows[i - 2][j - 2] + 1);
                }
            }
        }

        return rows[a.Length][b.Length];
    }
}
