using System.Text.Json;

namespace LocalCast.Agent.Plugins;

/// <summary>The manifest's <c>run.settings</c> on their way to the plugin.</summary>
internal static class PluginSettings
{
    /// <summary>Reads the text.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonElement? Parse(string? json)
    {
        if (json is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
