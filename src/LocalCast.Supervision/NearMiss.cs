namespace LocalCast.Supervision;

/// <summary>Finds the word that was meant.</summary>
public static class NearMiss
{
    // Words are keys, enum values and names of nodes; nobody types a longer one.
    private const int LongestWord = 40;

    /// <summary>The end of a message: <c>; did you mean "x"?</c>, or nothing when no word is near.</summary>
    /// <param name="word">What was said.</param>
    /// <param name="known">What could have been.</param>
    public static string Ask(string word, IEnumerable<string> known) => Find(word, known) is { } meant ? $"; did you mean \"{meant}\"?" : "";

    /// <summary>The known word that is nearest; <see langword="null"/> when none is near.</summary>
    /// <param name="word">What was said.</param>
    /// <param name="known">What could have been.</param>
    public static string? Find(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(known);
        if (word.Length > LongestWord)
        {
            return null;
        }

        string said = Plain(word);
        (string? best, int bestDistance) = (null, Math.Min(1 + Math.Max(1, word.Length / 3), Math.Max(1, said.Length))); // of a short word something has to be right
        foreach (string candidate in known)
        {
            string plain = Plain(candidate);
            int distance = Math.Abs(plain.Length - said.Length) < bestDistance ? Distance(said, plain) : bestDistance;
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
