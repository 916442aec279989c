using System.Text.Json;

namespace LocalCast.Protocol;

/// <summary>How far a discovery or a requirement reaches, as it is said on the wire.</summary>
public static class ScopeWords
{
    /// <summary>This machine; so is what says nothing.</summary>
    public const string Machine = "machine";

    /// <summary>All agents that can be reached.</summary>
    public const string Mesh = "mesh";

    /// <summary>Reads <c>scope</c> of data that may be anything else as well.</summary>
    /// <param name="json">The data; what is no JSON object has no scope.</param>
    /// <param name="isMesh">Whether it is <see cref="Mesh"/>.</param>
    /// <returns>What is wrong with it.</returns>
    public static string? Read(ReadOnlySpan<byte> json, out bool isMesh)
    {
        isMesh = false;
        try
        {
            var reader = new Utf8JsonReader(json);
            using var data = JsonDocument.ParseValue(ref reader);
            if (data.RootElement.ValueKind != JsonValueKind.Object || !data.RootElement.TryGetProperty("scope", out JsonElement scope) || scope.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            if (scope.ValueKind != JsonValueKind.String)
            {
                return Unknown(scope.GetRawText());
            }

            isMesh = scope.GetString() == Mesh;
            return isMesh || scope.GetString() == Machine ? null : Unknown(scope.GetRawText());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Unknown(string what) => $"scope is \"{Machine}\" or \"{Mesh}\", not {(what.Length > 80 ? what[..80] + "…" : what)}";
}
