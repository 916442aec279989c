using System.Text.Json;
using System.Text.Json.Nodes;
using LocalCast.Supervision.Internal;

namespace LocalCast.Supervision.Tests.Manifests;

/// <summary>The published schema says what the reader does.</summary>
public sealed class NodeSchemaTests
{
    // They have no default: absent means none.
    private static readonly string[] _withoutDefault = ["requires[0].freshnessMs", "activation.idleMs", "resources.memoryMb", "resources.cpus"];

    [Fact]
    public void Schema_KeysOfEverySection_AreThoseOfTheReader()
    {
        foreach ((string section, IReadOnlyList<string> keys) in ManifestKeys.BySection)
        {
            JsonElement definition = SchemaKey.Definition(section);
            Assert.Equal(keys.Order(StringComparer.Ordinal), definition.GetProperty("properties").EnumerateObject().Select(key => key.Name).Order(StringComparer.Ordinal));
            Assert.False(definition.GetProperty("additionalProperties").GetBoolean());
        }

        Assert.Equal(ManifestKeys.BySection.Count, SchemaKey.Schema.GetProperty("$defs").EnumerateObject().Count());
        Assert.Equal(["name", "run"], SchemaKey.Schema.GetProperty("required").EnumerateArray().Select(key => key.GetString()));
    }

    [Fact]
    public void Schema_EveryKey_IsReadAndDescribed()
    {
        var nothing = new JsonObject { ["no key"] = new JsonArray(JsonValue.Create(5.5)) };
        foreach (SchemaKey key in SchemaKey.All.Where(key => key.Path is not "run.settings"))
        {
            Assert.Contains(Reading.Of(key.With(nothing.DeepClone())).Problems, problem => problem.Path.StartsWith(key.Path, StringComparison.Ordinal));
        }

        Assert.All(SchemaKey.All, key => Assert.True(key.Description.TryGetProperty("description", out JsonElement text) ? text.GetString()!.Length > 10 : key.Description.TryGetProperty("$ref", out _), key.Path));
        Assert.All(ManifestKeys.BySection.Keys, section => Assert.NotEmpty(SchemaKey.Definition(section).GetProperty("description").GetString()!));
    }

    [Fact]
    public void Schema_ShortForms_AreThoseOfTheReader() => Assert.Equal(
        ManifestKeys.ShortForms.Select(form => $"{form.Key} #/$defs/{form.Key}/properties/{form.Value}").Order(StringComparer.Ordinal),
        SchemaKey.All.Where(key => key.Section.Length == 0 && key.Description.TryGetProperty("anyOf", out _))
            .Select(key => $"{key.Name} {key.Description.GetProperty("anyOf")[0].GetProperty("$ref").GetString()}").Order(StringComparer.Ordinal));

    [Fact]
    public void Schema_Choices_AreThoseOfTheReader()
    {
        foreach (SchemaKey key in SchemaKey.All.Where(key => key.Description.TryGetProperty("enum", out _)))
        {
            string words = string.Join(", ", key.Description.GetProperty("enum").EnumerateArray().Select(word => word.GetRawText()));
            Assert.StartsWith($"expected one of {words}, got \"?\"", Assert.Single(key.ProblemsOf("?")));
        }

        Assert.Equal(8, SchemaKey.All.Count(key => key.Description.TryGetProperty("enum", out _)));
    }

    [Fact]
    public void Schema_Ranges_AreThoseOfTheReader()
    {
        SchemaKey[] numbers = [.. SchemaKey.All.Where(key => key.Description.TryGetProperty("minimum", out _))];
        Assert.Equal(19, numbers.Length);
        foreach (SchemaKey key in numbers)
        {
            decimal least = key.Description.GetProperty("minimum").GetDecimal();
            decimal most = key.Description.GetProperty("maximum").GetDecimal();
            decimal step = key.Description.GetProperty("type").GetString() == "integer" ? 1 : 0.001m;
            Assert.Empty(key.ProblemsOf(least));
            Assert.Empty(key.ProblemsOf(most));
            Assert.Single(key.ProblemsOf(least - step));
            Assert.Single(key.ProblemsOf(most + step));
        }
    }

    [Fact]
    public void Schema_Defaults_AreThoseOfTheReader()
    {
        int count = 0;
        foreach (SchemaKey key in SchemaKey.All.Where(key => key.Description.TryGetProperty("default", out _)))
        {
            JsonNode value = JsonNode.Parse(key.Description.GetProperty("default").GetRawText())!;
            Assert.Equal(JsonSerializer.Serialize(Reading.Good(key.With(null))), JsonSerializer.Serialize(Reading.Good(key.With(value))));
            count++;
        }

        Assert.True(count > 30);
        string[] without = [.. SchemaKey.All.Where(NeedsDefault).Select(key => key.Path)];
        Assert.Equal(_withoutDefault, without);
    }

    private static bool NeedsDefault(SchemaKey key) =>
        !key.Description.TryGetProperty("default", out _)
        && (key.Description.TryGetProperty("enum", out _) || (key.Description.TryGetProperty("type", out JsonElement type) && type.GetString() is "integer" or "number" or "boolean"));
}
