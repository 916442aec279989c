using System.Text.RegularExpressions;

namespace LocalCast.Supervision.Internal;

/// <summary>Reads <c>readiness</c>.</summary>
internal static class ReadinessReader
{
    private const long OneHour = 60 * 60 * 1000;

    // The key that a kind needs or takes, and nobody else does.
    private static readonly (string Key, ReadinessKind Kind, bool IsNeeded)[] _keys =
        [("pattern", ReadinessKind.Log, true), ("url", ReadinessKind.Http, true), ("command", ReadinessKind.Exec, true), ("codes", ReadinessKind.Exit, false)];

    /// <param name="section">What the manifest says.</param>
    /// <param name="usual">The kind when it names none.</param>
    public static ReadinessSpec Read(Section section, ReadinessKind usual)
    {
        var defaults = new ReadinessSpec { Kind = usual };
        ReadinessKind? kind = section.Choice<ReadinessKind>("kind");
        if (kind is not null || !section.Has("kind"))
        {
            CheckKeys(section, kind ?? defaults.Kind);
        }

        return new ReadinessSpec
        {
            Kind = kind ?? defaults.Kind,
            Pattern = Pattern(section),
            Url = section.Text("url", "an absolute http or https address", text => Address(text) is not null) is { } url ? Address(url) : null,
            Command = Command(section),
            Codes = section.Codes("codes") ?? defaults.Codes,
            Timeout = section.Milliseconds("timeoutMs", 1, 24 * OneHour) ?? defaults.Timeout,
            Interval = section.Milliseconds("intervalMs", 10, OneHour) ?? defaults.Interval,
            ProbeTimeout = section.Milliseconds("probeTimeoutMs", 10, OneHour) ?? defaults.ProbeTimeout,
        };
    }

    private static void CheckKeys(Section section, ReadinessKind kind)
    {
        foreach ((string key, ReadinessKind owner, bool isNeeded) in _keys)
        {
            if (owner != kind)
            {
                section.Refuse(key, $"is for kind \"{ManifestWords.Of(owner)}\", and this is \"{ManifestWords.Of(kind)}\"");
            }
            else if (isNeeded && !section.Has(key))
            {
                section.Report(key, $"is missing: kind \"{ManifestWords.Of(kind)}\" needs it");
            }
        }

        if (kind is not (ReadinessKind.Http or ReadinessKind.Exec))
        {
            section.Refuse("intervalMs", $"is for kinds \"http\" and \"exec\": \"{ManifestWords.Of(kind)}\" is heard of, not asked for");
            section.Refuse("probeTimeoutMs", $"is for kinds \"http\" and \"exec\": \"{ManifestWords.Of(kind)}\" is heard of, not asked for");
        }
    }

    private static string? Pattern(Section section)
    {
        if (section.Text("pattern", "a regular expression", text => text.Length > 0) is not { } pattern)
        {
            return null;
        }

        try
        {
            ReadinessPattern.Compile(pattern);
        }
        catch (RegexParseException e)
        {
            section.Report("pattern", $"expected a regular expression: {e.Message}");
        }

        return pattern;
    }

    private static Uri? Address(string text) => Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url : null;

    private static IReadOnlyList<string> Command(Section section)
    {
        IReadOnlyList<string>? command = section.Texts("command", "a text without the character 0", text => !text.Contains('\0'));
        if (command is [] or ["", ..])
        {
            section.Report("command", "expected a command and its arguments, as in [\"pg_isready\", \"-q\"]");
        }

        return command ?? [];
    }
}
