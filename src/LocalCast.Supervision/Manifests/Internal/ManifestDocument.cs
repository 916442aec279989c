using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Supervision.Internal;

/// <summary>Turns the bytes of a manifest into a JSON object, or into problems.</summary>
internal static class ManifestDocument
{
    public const int MaxBytes = 256 * 1024;

    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions _syntax = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth };

    /// <summary>Parses; <see langword="null"/> after reporting that this is no JSON object.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> content, ProblemList problems)
    {
        if (content.Length > MaxBytes)
        {
            problems.Report("", $"expected at most {MaxBytes / 1024} KiB, got more");
            return null;
        }

        if (content.Span.StartsWith("\uFEFF"u8))
        {
            content = content["\uFEFF"u8.Length..]; // editors put it there, JSON does not know it
        }

        try
        {
            JsonDocument document = JsonDocument.Parse(content, _syntax);
            if (FindBrokenText(document.RootElement, "") is { } broken)
            {
                problems.Report(broken, "a text in it is none: it is not UTF-8, or has half of a pair of \\u escapes");
            }
            else if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                problems.Report("", $"expected an object, got {Section.Show(document.RootElement)}");
            }
            else
            {
                ReportDuplicates(document.RootElement, "", problems);
                return document;
            }

            document.Dispose();
        }
        catch (JsonException e)
        {
            JsonFault fault = JsonFault.Find(content.Span, _syntax) ?? new JsonFault(1, 1, e.Message);
            problems.Report(fault.Place, "this is not JSON: " + fault.Why);
        }

        return null;
    }

    // The parser lets through what nobody can read as text afterwards. Recursion is as deep as the document, which MaxDepth bounds.
    private static string? FindBrokenText(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return IsText(element.GetString) ? null : path;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select((item, index) => FindBrokenText(item, JsonPath.Append(path, index))).FirstOrDefault(found => found is not null);
            case JsonValueKind.Object:
                return element.EnumerateObject()
                    .Select(property => IsText(() => property.Name) ? FindBrokenText(property.Value, JsonPath.Append(path, property.Name)) : path)
                    .FirstOrDefault(found => found is not null);
            default:
                return null;
        }
    }

    private static bool IsText(Func<string?> read)
    {
        try
        {
            _ = read();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // it holds what no text can hold
        }
    }

    private static void ReportDuplicates(JsonElement element, string path, ProblemList problems)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in element.EnumerateArray())
            {
                ReportDuplicates(item, JsonPath.Append(path, index++), problems);
            }
        }
        else if (element.ValueKind == JsonValueKind.Object)
        {
            HashSet<string> seen = new(StringComparer.Ordinal);
            foreach (JsonProperty property in element.EnumerateObject())
            {
                string here = JsonPath.Append(path, property.Name);
                if (!seen.Add(property.Name))
                {
                    problems.Report(here, "is there twice");
                }

                ReportDuplicates(property.Value, here, problems);
            }
        }
    }
}
