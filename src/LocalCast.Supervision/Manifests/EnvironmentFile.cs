using System.Text;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision;

/// <summary>Reads files of variables: lines of <c>NAME=value</c>, with comments, quotes and <c>export</c> as shells write them. Nothing is expanded.</summary>
public static class EnvironmentFile
{
    private const int MaxBytes = 256 * 1024;

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file. Messages never contain what a line says after its name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isOptional">Whether it may be missing.</param>
    /// <param name="problems">Gets what is wrong.</param>
    public static IReadOnlyDictionary<string, string> Read(string path, bool isOptional, ICollection<ManifestProblem> problems)
    {
        try
        {
            using FileStream file = InputFile.Open(path);
            byte[] content = new byte[MaxBytes + 1];
            int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            if (length <= MaxBytes)
            {
                return Parse(_strict.GetString(content.AsSpan(0, length)), path, problems);
            }

            problems.Add(new ManifestProblem(path, "", $"expected at most {MaxBytes / 1024} KiB"));
        }
        catch (Exception e) when (isOptional && e is FileNotFoundException or DirectoryNotFoundException)
        {
            // The manifest says that it need not be there.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add(new ManifestProblem(path, "", $"cannot be read: {e.Message}"));
        }
        catch (DecoderFallbackException)
        {
            problems.Add(new ManifestProblem(path, "", "is not UTF-8"));
        }

        return new Dictionary<string, string>();
    }

    /// <summary>Reads the content of a file.</summary>
    public static IReadOnlyDictionary<string, string> Parse(string content, string path, ICollection<ManifestProblem> problems)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        int number = 0;
        foreach (string raw in content.TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            string line = WithoutExport(raw.Trim());
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (ParseLine(line, out string name, out string value) is { } problem)
            {
                problems.Add(new ManifestProblem(path, $"line {number}", problem));
            }
            else
            {
                variables[name] = value;
            }
        }

        return variables;
    }

    /// <summary>Whether a variable may be called so.</summary>
    internal static bool IsName(string name) => name.Length > 0 && !name.Any(c => c == '=' || char.IsControl(c) || char.IsWhiteSpace(c));

    private static string WithoutExport(string line) =>
        line.StartsWith("export ", StringComparison.Ordinal) || line.StartsWith("export\t", StringComparison.Ordinal) ? line["export".Length..].TrimStart() : line;

    private static string? ParseLine(string line, out string name, out string value)
    {
        int equals = line.IndexOf('=', StringComparison.Ordinal);
        (name, value) = equals < 0 ? ("", "") : (line[..equals].TrimEnd(), line[(equals + 1)..].TrimStart());
        if (equals < 0)
        {
            return "expected NAME=value, got a line without '='";
        }

        if (!IsName(name))
        {
            return "expected NAME=value, got a name that is empty or has spaces in it";
        }

        return value.Length > 0 && value[0] is '"' or '\'' ? Unquote(ref value) : Plain(ref value);
    }

    private static string? Plain(ref string value)
    {
        int comment = value.IndexOf(" #", StringComparison.Ordinal);
        value = (comment < 0 ? value : value[..comment]).TrimEnd();
        return value.Contains('\0') ? "a value must not contain the character 0" : null;
    }

    private static string? Unquote(ref string value)
    {
        char quote = value[0];
        var text = new StringBuilder();
        for (int i = 1; i < value.Length; i++)
        {
            if (value[i] == quote)
            {
                string rest = value[(i + 1)..].TrimStart();
                value = text.ToString();
                return rest.Length == 0 || rest[0] == '#' ? null : $"expected nothing after the closing {quote}";
            }

            bool isEscape = quote == '"' && value[i] == '\\' && i + 1 < value.Length;
            text.Append(isEscape ? Escaped(value[++i]) : value[i].ToString());
        }

        return $"expected a closing {quote} on the same line";
    }

    private static string Escaped(char c) => c switch
    {
        'n' => "\n",
        'r' => "\r",
        't' => "\t",
        '"' or '\\' or '$' or '`' => c.ToString(),
        _ => "\\" + c,
    };
}
