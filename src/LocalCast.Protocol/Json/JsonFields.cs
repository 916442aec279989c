using System.Text.Json;

namespace LocalCast.Protocol;

/// <summary>Reads one value and says by name what is wrong with it.</summary>
internal static class JsonFields
{
    public static string Text(ref Utf8JsonReader reader, string name)
    {
        Expect(ref reader, JsonTokenType.String, name, "a string");
        return reader.GetString()!;
    }

    public static long Integer(ref Utf8JsonReader reader, string name, long least, long most)
    {
        Expect(ref reader, JsonTokenType.Number, name, "a whole number");
        return reader.TryGetInt64(out long value) && value >= least && value <= most
            ? value
            : throw new InvalidDataException($"the field '{name}' must be a whole number from {least} to {most}");
    }

    public static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string name, string what)
    {
        if (reader.TokenType != token)
        {
            throw new InvalidDataException($"the field '{name}' must be {what}");
        }
    }
}
