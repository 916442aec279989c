using System.Text;
using System.Text.Json;

namespace LocalCast.Supervision.Tests.Manifests;

/// <summary>The manifests that the documents show are read without problems.</summary>
public sealed class DocumentTests
{
    private static readonly JsonSerializerOptions _syntax = new() { ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    [Fact]
    public void Documents_Manifests_AreRead()
    {
        string[] manifests = [.. JsonOf(RepositoryFiles.Read("docs", "plugins.md")).Where(json => Parse(json).TryGetProperty("run", out _))];
        Assert.True(manifests.Length >= 5);
        Assert.All(manifests, json => Assert.Empty(Reading.Of(json).Problems));
    }

    [Fact]
    public void Documents_NodesOfTheConfiguration_AreRead()
    {
        JsonElement[] configurations = [.. JsonOf(RepositoryFiles.Read("docs", "plugins.md")).Select(Parse).Where(json => json.TryGetProperty("nodes", out _))];
        Assert.NotEmpty(configurations);
        foreach (JsonProperty node in configurations.SelectMany(configuration => configuration.GetProperty("nodes").EnumerateObject()))
        {
            bool isWhole = node.Value.TryGetProperty("run", out JsonElement run) && run.TryGetProperty("exec", out _);
            byte[] plugin = Encoding.UTF8.GetBytes($$"""{"name":"{{node.Name}}","run":{"exec":"run"} }""");
            var change = new NodeOverride(node.Name, node.Value.GetRawText(), "/etc/agent.json", "/etc");
            Assert.Empty((isWhole ? Reading.Reader.Read(change) : Reading.Reader.Read(plugin, Reading.File, change)).Problems);
        }
    }

    [Fact]
    public void Documents_EveryKeyOfAManifest_IsDescribed()
    {
        string text = RepositoryFiles.Read("docs", "plugins.md");
        Assert.All(SchemaKey.All.Where(key => key.Name != "$schema"), key => Assert.True(text.Contains($"`{key.Path.Replace("[0]", "[]", StringComparison.Ordinal)}`"), key.Path));
    }

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json, _syntax);

    // Indented blocks that begin with a brace.
    private static IEnumerable<string> JsonOf(string document)
    {
        var block = new StringBuilder();
        foreach (string line in document.Split('\n').Append(""))
        {
            if (line.StartsWith("    ", StringComparison.Ordinal))
            {
                block.Append(line).Append('\n');
            }
            else if (block.Length > 0)
            {
                string text = block.ToString().Trim();
                block.Clear();
                if (text[0] == '{')
                {
                    yield return text;
                }
            }
        }
    }
}
