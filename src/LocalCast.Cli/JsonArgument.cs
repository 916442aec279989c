using System.Text.Json;

namespace LocalCast.Cli;

/// <summary>A word of the command line as a value: JSON if it is JSON, else the text itself.</summary>
internal static class JsonArgument
{
    public static JsonElement Parse(string word)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(word);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(word);
        }
    }
}
