using System.Buffers;
using System.Text.RegularExpressions;

namespace LocalCast.Supervision;

/// <summary>The regular expressions of <see cref="ReadinessKind.Log"/>. Whatever a node prints, matching a line takes bounded time.</summary>
public static class ReadinessPattern
{
    private static readonly TimeSpan _mostPerLine = TimeSpan.FromMilliseconds(100);

    // What repeats something can be made to try for ever, and needs the matcher that never goes back. That one is slow to
    // make: half a millisecond each, and ten times that for the first, while nodes wait to be started.
    private static readonly SearchValues<char> _repeating = SearchValues.Create("*+{");

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="RegexParseException">It is none.</exception>
    /// <remarks>Matching may throw <see cref="RegexMatchTimeoutException"/>, for patterns with look-around or back-references only.</remarks>
    public static Regex Compile(string pattern)
    {
        const RegexOptions Common = RegexOptions.CultureInvariant;
        if (!pattern.AsSpan().ContainsAny(_repeating))
        {
            return new Regex(pattern, Common, _mostPerLine);
        }

        try
        {
            return new Regex(pattern, Common | RegexOptions.NonBacktracking, _mostPerLine);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, Common, _mostPerLine);
        }
    }
}
