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

    private static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        int[] current = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
