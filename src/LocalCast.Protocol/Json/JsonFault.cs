using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LocalCast.Protocol;

/// <summary>Where a text stops being JSON and why, in words for whoever wrote it: the reader's own are for programmers.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in bytes.</param>
/// <param name="Why">What is wrong there.</param>
public sealed record JsonFault(long Line, long Column, string Why)
{
    /// <summary>The place, as in <c>line 3, column 7</c>.</summary>
    public string Place => string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}");

    /// <summary>Finds it.</summary>
    /// <returns><see langword="null"/> when the text is JSON.</returns>
    public static JsonFault? Find(ReadOnlySpan<byte> text, JsonDocumentOptions syntax = default)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { CommentHandling = syntax.CommentHandling, AllowTrailingCommas = syntax.AllowTrailingCommas, MaxDepth = syntax.MaxDepth });
        Stack<long> open = new();
        JsonTokenType last = JsonTokenType.None;
        int good = 0;
        try
        {
            while (reader.Read())
            {
                (last, good) = (reader.TokenType, (int)reader.BytesConsumed);
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    open.Push(reader.TokenStartIndex);
                }
                else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    open.Pop();
                }
            }

            return null;
        }
        catch (JsonException e)
        {
            long line = e.LineNumber ?? 0;
            long column = e.BytePositionInLine ?? 0;
            return new JsonFault(line + 1, column + 1, Explain(text, good, OffsetOf(text, line, column), last, open, syntax));
        }
    }

    private static string Explain(ReadOnlySpan<byte> text, int good, int at, JsonTokenType last, Stack<long> open, JsonDocumentOptions syntax)
    {
        if (text.Trim(" \t\r\n"u8).IsEmpty)
        {
            return "there is nothing";
        }

        ReadOnlySpan<byte> rest = text[good..].TrimStart(" \t\r\n,:"u8);
        if (rest is [(byte)'"', ..] && !rest[1..].Contains((byte)'"'))
        {
            return "a text begins here or before, and its second '\"' is missing";
        }

        if (at >= text.TrimEnd(" \t\r\n"u8).Length)
        {
            return open.TryPeek(out long start) ? $"it ends too early: the '{(char)text[(int)start]}' of {PlaceOf(text, (int)start)} is not closed" : "it ends too early";
        }

        string found = Show(text[at..]);
        bool isBehindName = at > good && text[good..at].Trim(" \t\r\n,"u8) is [(byte)'"', .., (byte)'"'] && open.TryPeek(out long opening) && text[(int)opening] == (byte)'{';
        int mostDepth = syntax.MaxDepth > 0 ? syntax.MaxDepth : 64;
        return open.Count >= mostDepth ? $"it is nested beyond the depth of {mostDepth} that is allowed"
            : text[at] == (byte)'\'' ? "texts and names stand in double quotes, not in single ones"
            : isBehindName ? $"expected ':' and a value behind the name, got {found}"
            : last == JsonTokenType.PropertyName ? $"expected a value, got {found}"
            : IsValue(last) && open.Count > 0 ? $"expected ',' or '{Closing(text[(int)open.Peek()])}', got {found}"
            : IsValue(last) ? $"expected the end, got {found}"
            : $"{found} has no meaning here";
    }

    private static bool IsValue(JsonTokenType token) => token is not (JsonTokenType.None or JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.PropertyName or JsonTokenType.Comment);

    private static char Closing(byte opening) => opening == (byte)'{' ? '}' : ']';

    private static string Show(ReadOnlySpan<byte> rest) =>
        Rune.DecodeFromUtf8(rest, out Rune rune, out _) == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune) ? $"'{rune}'" : $"the byte 0x{rest[0]:X2}";

    private static int OffsetOf(ReadOnlySpan<byte> text, long line, long column)
    {
        int offset = 0;
        for (; line > 0 && text[offset..].IndexOf((byte)'\n') is >= 0 and var next; line--)
        {
            offset += next + 1;
        }

        return (int)Math.Min(text.Length, offset + column);
    }

    private static string PlaceOf(ReadOnlySpan<byte> text, int offset)
    {
        ReadOnlySpan<byte> before = text[..offset];
        return string.Create(CultureInfo.InvariantCulture, $"line {before.Count((byte)'\n') + 1}, column {offset - before.LastIndexOf((byte)'\n')}");
    }
}
