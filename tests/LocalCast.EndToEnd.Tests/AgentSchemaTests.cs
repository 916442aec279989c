using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LocalCast.Agent;
using LocalCast.Agent.Configuration;

namespace LocalCast.EndToEnd.Tests;

/// <summary>The published schema of the agent's configuration says what the agent reads.</summary>
public sealed class AgentSchemaTests
{
    private static readonly Dictionary<string, JsonElement> _keys = Keys();

    [Fact]
    public void Schema_Keys_AreThoseOfTheReader() => Assert.Equal(ConfigurationFile.KeyNames.Order(StringComparer.Ordinal), _keys.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Schema_Defaults_ChangeNothing()
    {
        string untouched = JsonSerializer.Serialize(new AgentOptions());
        foreach ((string name, JsonElement key) in _keys.Where(key => key.Value.TryGetProperty("default", out _)))
        {
            var options = new AgentOptions();
            Assert.Empty(Apply(name, key.GetProperty("default").GetRawText(), options));
            Assert.True(untouched == JsonSerializer.Serialize(options), name);
        }
    }

    [Fact]
    public void Schema_NumbersAndTimes_HaveDefaults() => Assert.All(
        _keys.Where(key => key.Key != "mesh.port") // without it nobody listens
            .Where(key => key.Value.TryGetProperty("minimum", out _) || key.Value.TryGetProperty("$ref", out _)),
        key => Assert.True(key.Value.TryGetProperty("default", out _), key.Key));

    [Fact]
    public void Schema_RangesAndChoices_AreThoseOfTheReader()
    {
        foreach ((string name, JsonElement key) in _keys)
        {
            string expected = Apply(name, "[[]]", new AgentOptions()).Single().Message;
            if (key.TryGetProperty("minimum", out JsonElement least))
            {
                Assert.StartsWith($"expected a whole number from {least} to {key.GetProperty("maximum")}, got", expected);
            }
            else if (key.TryGetProperty("$ref", out _))
            {
                string[] range = key.GetProperty("description").GetString()!.TrimEnd('.').Split("; from ")[1].Split(" to ");
                Assert.StartsWith($"expected a time from \"{range[0]}\" to \"{range[1]}\", got", expected);
            }
            else if (key.TryGetProperty("anyOf", out JsonElement ways))
            {
                Assert.StartsWith($"expected one of {string.Join(", ", ways[0].GetProperty("enum").EnumerateArray().Select(choice => choice.GetRawText()))}, got", expected);
            }
        }
    }

    /// <summary>The spelling that is shown is one of those that are taken: the reader looks at no case, and so does the schema.</summary>
    [Fact]
    public void Schema_Choices_AreTakenInTheCasesThatTheReaderTakes()
    {
        int choices = 0;
        foreach ((string name, JsonElement key) in _keys.Where(key => key.Value.TryGetProperty("anyOf", out _)))
        {
            JsonElement ways = key.GetProperty("anyOf");
            Assert.Equal("string", ways[1].GetProperty("type").GetString()); // a pattern says nothing of what is no text
            string pattern = ways[1].GetProperty("pattern").GetString()!;
            foreach (string word in ways[0].GetProperty("enum").EnumerateArray().Select(choice => choice.GetString()!))
            {
                choices++;
                foreach (string spelling in (string[])[word, word.ToUpperInvariant(), word.ToLowerInvariant(), $"{word}x", $" {word}", $"{word} "])
                {
                    bool isRead = Apply(name, $"\"{spelling}\"", new AgentOptions()).Count == 0;
                    Assert.True(isRead == Regex.IsMatch(spelling, pattern), $"{name}: '{spelling}'");
                    Assert.Equal(spelling.Equals(word, StringComparison.OrdinalIgnoreCase), isRead);
                }
            }
        }

        Assert.Equal(9, choices);
    }

    private static IReadOnlyList<ConfigurationProblem> Apply(string name, string value, AgentOptions options)
    {
        string[] path = name.Split('.');
        string json = string.Concat(path.Select(step => $"{{\"{step}\":")) + value + new string('}', path.Length);
        return ConfigurationFile.Apply(Encoding.UTF8.GetBytes(json), options);
    }

    private static Dictionary<string, JsonElement> Keys()
    {
        JsonElement schema = JsonSerializer.Deserialize<JsonElement>(File.ReadAllBytes(Path.Combine(ConfigurationTests.RepositoryRoot(), "docs", "schemas", "agent.schema.json")));
        Dictionary<string, JsonElement> keys = [];
        Stack<(string Prefix, JsonElement Section)> open = new([("", schema)]);
        while (open.TryPop(out (string Prefix, JsonElement Section) next))
        {
            Assert.False(next.Section.GetProperty("additionalProperties").GetBoolean());
            foreach (JsonProperty property in next.Section.GetProperty("properties").EnumerateObject().Where(property => property.Name != "$schema"))
            {
                Assert.NotEmpty(property.Value.GetProperty("description").GetString()!);
                if (property.Value.TryGetProperty("properties", out _))
                {
                    open.Push((next.Prefix + property.Name + ".", property.Value));
                }
                else
                {
                    keys.Add(next.Prefix + property.Name, property.Value);
                }
            }
        }

        return keys;
    }
}
