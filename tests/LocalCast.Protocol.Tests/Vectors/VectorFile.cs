using System.Text.Json;

namespace LocalCast.Protocol.Tests;

/// <summary>The test vectors of docs/vectors, which every implementation passes.</summary>
internal static class VectorFile
{
    public static readonly string[] Good = ["sessions", "calls", "topics", "agents", "fields"];

    public static JsonElement[] Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", file + ".json")));
        return [.. document.RootElement.EnumerateArray().Select(e => e.Clone())];
    }

    public static JsonElement[] ReadGood() => [.. Good.SelectMany(Read)];

    public static JsonElement Find(IEnumerable<JsonElement> vectors, string name) => vectors.Single(v => v.Text("name") == name);

    public static TheoryData<string> Names(IEnumerable<JsonElement> vectors) => [.. vectors.Select(v => v.Text("name"))];

    public static string Text(this JsonElement vector, string field) => vector.GetProperty(field).GetString()!;
}
