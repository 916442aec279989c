using System.Text.RegularExpressions;

namespace LocalCast.Supervision;

/// <summary>The regular expressions of <see cref="ReadinessKind.Log"/>. Whatever a node prints, matching a line takes bounded time.</summary>
public static class ReadinessPattern
{
    private static readonly TimeSpan _mostPerLine = TimeSpan.FromMilliseconds(100);

    /// <summary>Compiles a pattern.</summary>
    /// <exception cref="RegexParseException">It is none.</exception>
    /// <remarks>Matching may throw <see cref="RegexMatchTimeoutException"/>, for patterns with look-around or back-references only.</remarks>
    public static Regex Compile(string pattern)
    {
        const RegexOptions Common = RegexOptions.CultureInvariant;
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
