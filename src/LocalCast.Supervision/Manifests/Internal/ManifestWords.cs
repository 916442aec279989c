using System.Text.Json;

namespace LocalCast.Supervision.Internal;

/// <summary>How the values of enums are written in a manifest: in camel case, except where another form is the custom.</summary>
internal static class ManifestWords
{
    /// <summary>Whether a node is watched.</summary>
    public static readonly IReadOnlyList<string> Liveness = ["ping", "none"];

    /// <summary>Where a prerequisite may be.</summary>
    public static readonly IReadOnlyList<string> Scope = ["local", "mesh"];

    public static IReadOnlyList<string> Of<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(Of)];

    public static string Of<T>(T value)
        where T : struct, Enum => value is RestartPolicy.OnFailure ? "on-failure" : JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static T? Find<T>(string word)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>())
        {
            if (Of(value) == word)
            {
                return value;
            }
        }

        return null;
    }
}
