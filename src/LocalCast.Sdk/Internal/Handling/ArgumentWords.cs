using System.Collections;
using System.Text.Json;

namespace LocalCast.Internal;

/// <summary>What an argument should have been and what came instead, in words of JSON: whoever calls does not know the handler's types.</summary>
internal static class ArgumentWords
{
    private const int MostShown = 40;

    private static readonly Dictionary<Type, string> _simple = new()
    {
        [typeof(string)] = "a text",
        [typeof(char)] = "a text of one character",
        [typeof(bool)] = "true or false",
        [typeof(double)] = "a number",
        [typeof(float)] = "a number",
        [typeof(decimal)] = "a number",
        [typeof(DateTime)] = "a date and time such as \"2026-01-31T12:00:00Z\"",
        [typeof(DateTimeOffset)] = "a date and time such as \"2026-01-31T12:00:00Z\"",
        [typeof(DateOnly)] = "a date such as \"2026-01-31\"",
        [typeof(TimeSpan)] = "a duration such as \"00:00:05\"",
        [typeof(Guid)] = "a GUID",
        [typeof(Uri)] = "the text of an address",
        [typeof(byte[])] = "bytes as base64",
    };

    /// <summary>What a type is called where people write JSON.</summary>
    public static string Of(Type type) =>
        Nullable.GetUnderlyingType(type) is { } inner ? $"{Of(inner)}, or null"
        : _simple.TryGetValue(type, out string? word) ? word
        : type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type).Take(10))}"
        : RangeOf(type) is { } range ? $"a whole number from {range.Least} to {range.Most}"
        : typeof(IDictionary).IsAssignableFrom(type) ? "an object"
        : type != typeof(object) && typeof(IEnumerable).IsAssignableFrom(type) ? "a list"
        : "an object that fits";

    /// <summary>The value that came, as far as it fits into a line.</summary>
    public static string Show(ReadOnlySpan<byte> json)
    {
        string text = System.Text.Encoding.UTF8.GetString(json.Trim(" \t\r\n"u8));
        return text.Length > MostShown ? $"{text[..(MostShown - 1)]}…" : text;
    }

    /// <summary>Where in the argument it is, when that is not the whole: <c> at .items[2]</c>.</summary>
    public static string Place(Exception e) => e is JsonException { Path: ['$', _, ..] path } ? $" at {path[1..]}" : "";

    private static (object Least, object Most)? RangeOf(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.SByte => (sbyte.MinValue, sbyte.MaxValue),
        TypeCode.Byte => (byte.MinValue, byte.MaxValue),
        TypeCode.Int16 => (short.MinValue, short.MaxValue),
        TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
        TypeCode.Int32 => (int.MinValue, int.MaxValue),
        TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
        TypeCode.Int64 => (long.MinValue, long.MaxValue),
        TypeCode.UInt64 => (ulong.MinValue, ulong.MaxValue),
        _ => null,
    };
}
